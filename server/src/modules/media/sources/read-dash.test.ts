import { describe, expect, test } from 'vitest';
import { durationMs, fillTemplate } from './dash-time.ts';
import { readDash } from './read-dash.ts';
import { SourceFault } from './source-fault.ts';

const BASE = 'https://cdn.test/show/stream.mpd';
const mpd = (inside: string, attributes = 'type="static" mediaPresentationDuration="PT10S"') =>
  `<?xml version="1.0"?><MPD ${attributes} xmlns="urn:mpeg:dash:schema:mpd:2011">${inside}</MPD>`;
const sound = (inside: string, attributes = 'mimeType="audio/mp4"') =>
  `<Period><AdaptationSet ${attributes}>${inside}</AdaptationSet></Period>`;
const addresses = (text: string, language: string | null = null) => {
  const { runs } = readDash(text, BASE, language);
  return runs.flatMap(({ init, segments }) =>
    [init, ...segments].map((one) => one?.address.replace('https://cdn.test/show/', '')),
  );
};
const codeOf = (text: string) => {
  try {
    readDash(text, BASE, null);
  } catch (error) {
    if (error instanceof SourceFault) return error.code;
    throw error;
  }
  return 'none';
};

describe('pieces', () => {
  test('by a template and numbers', () => {
    const template =
      '<SegmentTemplate media="$RepresentationID$/$Number%03d$.m4s?a=1&amp;b=2" initialization="$RepresentationID$/i.mp4" duration="4000" timescale="1000" startNumber="7"/>';
    expect(addresses(mpd(sound(`${template}<Representation id="a" bandwidth="1"/>`)))).toEqual([
      'a/i.mp4',
      'a/007.m4s?a=1&b=2',
      'a/008.m4s?a=1&b=2',
      'a/009.m4s?a=1&b=2',
    ]);
  });

  test('by a template and a time line, with repetitions', () => {
    const timeline =
      '<SegmentTimeline><S t="100" d="50" r="1"/><S d="20"/><S t="300" d="100" r="-1"/></SegmentTimeline>';
    const template = `<SegmentTemplate media="$Time$-$Bandwidth$$$.m4s" timescale="50">${timeline}</SegmentTemplate>`;
    expect(
      addresses(mpd(sound(`<Representation id="a" bandwidth="9">${template}</Representation>`))),
    ).toEqual([undefined, ...['100', '150', '200', '300', '400'].map((time) => `${time}-9$.m4s`)]);
  });

  test('by a list with ranges', () => {
    const list =
      '<SegmentList><Initialization sourceURL="i.mp4" range="0-99"/><SegmentURL media="a.m4s"/><SegmentURL mediaRange="100-199"/></SegmentList>';
    const { runs } = readDash(
      mpd(sound(`<Representation id="a"><BaseURL>all/</BaseURL>${list}</Representation>`)),
      BASE,
      null,
    );
    expect(runs[0]?.init).toMatchObject({
      address: 'https://cdn.test/show/all/i.mp4',
      stretch: { start: 0, length: 100 },
    });
    expect(runs[0]?.segments).toMatchObject([
      { address: 'https://cdn.test/show/all/a.m4s', stretch: null },
      { address: 'https://cdn.test/show/all/', stretch: { start: 100, length: 100 } },
    ]);
  });

  test('a whole file, below the addresses of every level', () => {
    const representation =
      '<Representation id="a"><BaseURL>a.mp4</BaseURL><SegmentBase indexRange="1-2"/></Representation>';
    const text = mpd(`<BaseURL>../x/</BaseURL>${sound(`<BaseURL>sound/</BaseURL>${representation}`)}`);
    expect(readDash(text, BASE, null).runs[0]?.segments[0]?.address).toBe('https://cdn.test/x/sound/a.mp4');
  });

  test('of several parts, each with its own length', () => {
    const part = (id: string, duration: string) =>
      `<Period duration="${duration}"><AdaptationSet contentType="audio"><SegmentTemplate media="${id}-$Number$" duration="5"/><Representation/></AdaptationSet></Period>`;
    const { runs } = readDash(mpd(part('a', 'PT10S') + part('b', 'PT4S'), 'type="static"'), BASE, null);
    expect(runs.map(({ segments }) => segments.length)).toEqual([2, 1]);
  });
});

describe('of several sounds', () => {
  const set = (attributes: string, id: string, inside = '') =>
    `<AdaptationSet mimeType="audio/mp4" ${attributes}>${inside}<Representation id="${id}-low" bandwidth="64000"><BaseURL>${id}-low</BaseURL></Representation><Representation id="${id}" bandwidth="128000"><BaseURL>${id}</BaseURL></Representation></AdaptationSet>`;
  const role = (value: string) => `<Role schemeIdUri="urn:mpeg:dash:role:2011" value="${value}"/>`;
  const film =
    '<AdaptationSet mimeType="video/mp4"><Representation bandwidth="9"><BaseURL>film</BaseURL></Representation></AdaptationSet>';
  const text = mpd(
    `<Period>${film}${set('lang="de"', 'told', role('description'))}${set('lang="en"', 'en')}${set('lang="fr"', 'fr', role('main'))}</Period>`,
  );

  test.each([
    [null, 'fr'],
    ['en', 'en'],
    ['en-GB', 'en'],
  ])('for %s: %s, the finest', (language, chosen) => {
    expect(addresses(text, language)[1]).toBe(chosen);
  });

  test('a film with its sound inside, when there is nothing else', () => {
    const muxed =
      '<Period><AdaptationSet mimeType="video/mp4" codecs="avc1,mp4a.40.2"><Representation bandwidth="900"><BaseURL>large</BaseURL></Representation><Representation bandwidth="90"><BaseURL>small</BaseURL></Representation></AdaptationSet></Period>';
    expect(addresses(mpd(muxed))[1]).toBe('small');
  });

  test('captions', () => {
    const captions =
      '<AdaptationSet mimeType="text/vtt" lang="fr"><Representation><BaseURL>fr.vtt</BaseURL></Representation></AdaptationSet>';
    const found = readDash(mpd(`<Period>${set('', 'a')}${captions}</Period>`), BASE, null).captions;
    expect(found).toEqual([{ address: 'https://cdn.test/show/fr.vtt', language: 'fr' }]);
  });
});

const template = (attributes: string) => mpd(sound(`<SegmentTemplate ${attributes}/><Representation/>`));

test.each<[string, string, string]>([
  ['live', mpd('', 'type="dynamic"'), 'live-stream'],
  [
    'protected',
    mpd(sound('<ContentProtection schemeIdUri="x"/><Representation><BaseURL>a</BaseURL></Representation>')),
    'protected',
  ],
  ['without sound', mpd('<Period/>'), 'bad-playlist'],
  [
    'of a file',
    mpd(sound('<Representation><BaseURL>file:///etc/passwd</BaseURL></Representation>')),
    'bad-playlist',
  ],
  ['of a million segments', template('media="$Number$" duration="1" timescale="1000000"'), 'bad-playlist'],
  ['of a clock that stands still', template('media="$Number$" duration="1" timescale="0"'), 'bad-playlist'],
  [
    'of endless repetition',
    mpd(
      sound(
        '<SegmentTemplate media="$Time$"><SegmentTimeline><S d="1" r="999999999"/></SegmentTimeline></SegmentTemplate><Representation/>',
      ),
    ),
    'bad-playlist',
  ],
  [
    'of a million seconds',
    mpd(sound('<Representation/>'), 'mediaPresentationDuration="PT1000000S"'),
    'bad-playlist',
  ],
  ['of another kind', '<html></html>', 'bad-playlist'],
  ['nested without end', mpd('<a>'.repeat(5000)), 'bad-playlist'],
])('%s: refused', (_name, text, code) => {
  expect(codeOf(text)).toBe(code);
});

test('entities of its own stay what they are, and those of elsewhere are refused', () => {
  const doctype = (entity: string) => `<!DOCTYPE MPD [${entity}]>`;
  const text = mpd(sound('<Representation><BaseURL>&x;a</BaseURL></Representation>'));
  expect(addresses(doctype('<!ENTITY x "boom">') + text)[1]).not.toContain('boom');
  expect(codeOf(doctype('<!ENTITY x SYSTEM "file:///etc/passwd">') + text)).toBe('bad-playlist');
});

test.each([
  ['PT1H2M3.5S', 3_723_500],
  ['P1DT0.25S', 86_400_250],
  ['PT0S', 0],
  ['P1Y', null],
  ['', null],
  [undefined, null],
])('%s is %s ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test('a template without what it needs keeps its place', () => {
  expect(fillTemplate('$Time$/$Number%05d$/$Other$', { representation: 'a', bandwidth: 1, number: 42 })).toBe(
    '$Time$/00042/$Other$',
  );
});
