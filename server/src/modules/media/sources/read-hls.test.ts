import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseHls } from './choose-hls.ts';
import { readHls } from './read-hls.ts';
import { SourceFault } from './source-fault.ts';

const BASE = 'https://cdn.test/show/list.m3u8?token=1';
const list = (...lines: string[]) => ['#EXTM3U', ...lines, '#EXT-X-ENDLIST'].join('\n');
const read = (...lines: string[]) => readHls(list(...lines), BASE);
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof SourceFault) return error.code;
    throw error;
  }
  return 'none';
};

describe('a media playlist', () => {
  test('gives whole addresses, on whatever host, and a length', () => {
    const { runs, durationMs } = read('#EXTINF:4.5,', 'a.ts', '#EXTINF:3,x', '//other.test/b.ts?x=1#y');
    expect(durationMs).toBe(7500);
    expect(runs).toEqual([
      {
        init: null,
        segments: [
          { address: 'https://cdn.test/show/a.ts', stretch: null, key: null },
          { address: 'https://other.test/b.ts?x=1#y', stretch: null, key: null },
        ],
      },
    ]);
  });

  test('with byte ranges, the next going on where the one before ended', () => {
    const { runs } = read(
      '#EXT-X-MAP:URI="all.mp4",BYTERANGE="700@0"',
      '#EXTINF:2,\n#EXT-X-BYTERANGE:1000@700\nall.mp4',
      '#EXTINF:2,\n#EXT-X-BYTERANGE:500\nall.mp4',
      '#EXTINF:2,\n#EXT-X-BYTERANGE:30\nother.mp4',
    );
    expect(runs[0]?.init?.stretch).toEqual({ start: 0, length: 700 });
    expect(runs[0]?.segments.map(({ stretch }) => stretch)).toEqual([
      { start: 700, length: 1000 },
      { start: 1700, length: 500 },
      { start: 0, length: 30 },
    ]);
  });

  test('with keys: an IV of its own, the number of the segment, and none any more', () => {
    const { runs } = read(
      '#EXT-X-MEDIA-SEQUENCE:258',
      '#EXT-X-KEY:METHOD=AES-128,URI="../key",IV=0x0102',
      '#EXTINF:1,\na.ts',
      '#EXT-X-KEY:METHOD=AES-128,URI="../key"',
      '#EXTINF:1,\nb.ts',
      '#EXT-X-KEY:METHOD=NONE',
      '#EXTINF:1,\nc.ts',
    );
    expect(runs[0]?.segments.map(({ key }) => key && [key.address, key.iv.toString('hex')])).toEqual([
      ['https://cdn.test/key', '00000000000000000000000000000102'],
      ['https://cdn.test/key', '00000000000000000000000000000103'],
      null,
    ]);
  });

  test('begins a run anew at a break or a new header, and leaves gaps out', () => {
    const { runs } = read(
      '#EXT-X-MAP:URI="one.mp4"\n#EXTINF:1,\na.m4s',
      '#EXT-X-GAP\n#EXTINF:1,\nmissing.m4s',
      '#EXT-X-MAP:URI="one.mp4"\n#EXTINF:1,\nb.m4s',
      '#EXT-X-MAP:URI="two.mp4"\n#EXTINF:1,\nc.m4s',
      '#EXT-X-DISCONTINUITY\n#EXTINF:1,\nd.m4s',
    );
    const names = (address = '') => address.split('/').at(-1);
    expect(
      runs.map(({ init, segments }) => [names(init?.address), segments.map((one) => names(one.address))]),
    ).toEqual([
      ['one.mp4', ['a.m4s', 'b.m4s']],
      ['two.mp4', ['c.m4s']],
      ['two.mp4', ['d.m4s']],
    ]);
  });

  test.each<[string, string, string]>([
    ['live', '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts', 'live-stream'],
    ['an event that goes on', '#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT\n#EXTINF:4,\na.ts', 'live-stream'],
    ['protected', list('#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x"', '#EXTINF:1,', 'a.ts'), 'protected'],
    [
      'of another key system',
      list('#EXT-X-KEY:METHOD=AES-128,URI="k",KEYFORMAT="com.widevine"', '#EXTINF:1,', 'a.ts'),
      'protected',
    ],
    ['empty', list(), 'bad-playlist'],
    ['of files', list('#EXTINF:1,', 'file:///etc/passwd'), 'bad-playlist'],
    ['of data', list('#EXTINF:1,', 'data:audio/mpeg;base64,AAAA'), 'bad-playlist'],
    ['of a script', list('#EXTINF:1,', 'concat:http://a.test/a|/etc/passwd'), 'bad-playlist'],
    [
      'with a key on disk',
      list('#EXT-X-KEY:METHOD=AES-128,URI="file:///etc/passwd"', '#EXTINF:1,', 'a'),
      'bad-playlist',
    ],
    [
      'with a header on disk',
      list('#EXT-X-MAP:URI="subfile:/etc/passwd"', '#EXTINF:1,', 'a'),
      'bad-playlist',
    ],
    ['of a million seconds', list('#EXTINF:1000000,', 'a.ts'), 'bad-playlist'],
    ['of no length', list('#EXTINF:long,', 'a.ts'), 'bad-playlist'],
    ['of less than nothing', list('#EXTINF:-1,', 'a.ts'), 'bad-playlist'],
    ['of an empty range', list('#EXT-X-BYTERANGE:0@5', '#EXTINF:1,', 'a.ts'), 'bad-playlist'],
    ['without end', list('#EXTINF:0.1,\na.ts\n'.repeat(100_001)), 'bad-playlist'],
  ])('%s is refused', (_name, text, code) => {
    expect(codeOf(() => readHls(text, BASE))).toBe(code);
  });

  test('whatever is in it, either sound of the web or a fault', () => {
    const word = fc.constantFrom(
      ...['#EXTM3U', '#EXTINF:', '#EXTINF:4,', '#EXT-X-KEY:METHOD=AES-128,URI="k"', '#EXT-X-BYTERANGE:5@'],
      ...[
        '#EXT-X-BYTERANGE:5',
        '#EXT-X-MAP:URI="i"',
        '#EXT-X-MAP:',
        '#EXT-X-ENDLIST',
        'a.ts',
        '\\\\x',
        '#EXT-X-GAP',
      ],
      ...[
        'file:///x',
        'http://[::1]/x',
        '//h/x',
        '#EXT-X-MEDIA-SEQUENCE:99999999999999999',
        '',
        '\0',
        'http:',
      ],
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 30 }), (lines) => {
        let sound: ReturnType<typeof readHls>;
        try {
          sound = readHls(`${lines.join('\n')}\n#EXT-X-ENDLIST`, BASE);
        } catch (error) {
          return error instanceof SourceFault;
        }
        return sound.runs.every(({ init, segments }) =>
          [...(init ? [init] : []), ...segments].every(({ address, stretch }) => {
            return /^https?:$/.test(new URL(address).protocol) && (stretch === null || stretch.length > 0);
          }),
        );
      }),
      { numRuns: 300 },
    );
  });
});

const master = (...lines: string[]) => ['#EXTM3U', ...lines].join('\n');
const variant = (attributes: string, address: string) => `#EXT-X-STREAM-INF:${attributes}\n${address}`;
const audio = (attributes: string) => `#EXT-X-MEDIA:TYPE=AUDIO,${attributes}`;
const AV = 'CODECS="avc1.64001f,mp4a.40.2"';

describe('of a master playlist', () => {
  const choose = (text: string, language: string | null = null) =>
    chooseHls(text, BASE, language).address.replace('https://cdn.test/show/', '');

  test('sound by itself comes before a film', () => {
    const text = master(
      audio('GROUP-ID="low",NAME="fr",LANGUAGE="fr",DEFAULT=YES,URI="low.m3u8"'),
      audio('GROUP-ID="high",NAME="en",LANGUAGE="en",URI="en.m3u8"'),
      audio('GROUP-ID="high",NAME="fr",LANGUAGE="fr",DEFAULT=YES,URI="fr.m3u8"'),
      audio(
        'GROUP-ID="high",NAME="ad",LANGUAGE="de",CHARACTERISTICS="public.accessibility.describes-video",URI="ad.m3u8"',
      ),
      variant(`BANDWIDTH=5000000,${AV},AUDIO="high"`, 'film-high.m3u8'),
      variant(`BANDWIDTH=500000,${AV},AUDIO="low"`, 'film-low.m3u8'),
    );
    expect(choose(text)).toBe('fr.m3u8');
    expect(choose(text, 'en-GB')).toBe('en.m3u8');
    expect(choose(text, 'it')).toBe('fr.m3u8');
  });

  test.each<[string, string[], string]>([
    [
      'the best of a radio',
      [
        variant('BANDWIDTH=64000,CODECS="mp4a.40.5"', 'a'),
        variant('BANDWIDTH=192000,CODECS="mp4a.40.2"', 'b'),
      ],
      'b',
    ],
    [
      'a film, when sound alone is for bad lines',
      [
        variant('BANDWIDTH=64000,CODECS="mp4a.40.5"', 'poor'),
        variant(`BANDWIDTH=400000,RESOLUTION=320x180,${AV}`, 'small'),
        variant(`BANDWIDTH=900000,RESOLUTION=640x360,${AV}`, 'middle'),
        variant(`BANDWIDTH=6000000,RESOLUTION=1920x1080,${AV}`, 'large'),
      ],
      'middle',
    ],
    [
      'good sound alone',
      [variant('BANDWIDTH=130000,CODECS="mp4a.40.2"', 'sound'), variant(`BANDWIDTH=900000,${AV}`, 'film')],
      'sound',
    ],
    ['the only film', [variant(`BANDWIDTH=200000,${AV}`, 'film')], 'film'],
    ['what says nothing of itself', [variant('BANDWIDTH=100', 'x')], 'x'],
  ])('%s', (_name, lines, chosen) => {
    expect(choose(master(...lines))).toBe(chosen);
  });

  test('captions are found', () => {
    const text = master(
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="fr",LANGUAGE="fr",URI="subs/fr.m3u8"',
      variant('BANDWIDTH=1,SUBTITLES="s"', 'a'),
    );
    expect(chooseHls(text, BASE, null).captions).toEqual([
      { address: 'https://cdn.test/show/subs/fr.m3u8', language: 'fr' },
    ]);
  });

  test.each<[string, string, string]>([
    ['files', master(variant('BANDWIDTH=1', 'file:///etc/passwd')), 'bad-playlist'],
    [
      'renditions on disk',
      master(audio('GROUP-ID="a",URI="file:///x"'), variant('BANDWIDTH=1', 'a')),
      'bad-playlist',
    ],
    ['nothing', master(), 'bad-playlist'],
    [
      'a key system',
      master('#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES', variant('BANDWIDTH=1', 'a')),
      'protected',
    ],
  ])('%s: refused', (_name, text, code) => {
    expect(codeOf(() => chooseHls(text, BASE, null))).toBe(code);
  });
});
