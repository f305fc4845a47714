import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTranscript } from './parse-transcript.ts';
import {
  largestTranscriptBytes,
  mostCues,
  type TranscriptFile,
  TranscriptFileFault,
} from './transcript-file.ts';

const parse = (text: string, hint?: { filename?: string }) => parseTranscript(Buffer.from(text), hint);
/** What was read, short: `start-end speaker: text`. */
const shown = ({ segments }: TranscriptFile) =>
  segments.map(
    ({ startMs, endMs, speaker, text }) => `${startMs}-${endMs} ${speaker ? `${speaker}: ` : ''}${text}`,
  );
const faultOf = (text: string | Uint8Array) => {
  try {
    parseTranscript(typeof text === 'string' ? Buffer.from(text) : text);
  } catch (error) {
    if (error instanceof TranscriptFileFault) return { message: error.message, line: error.line };
    throw error;
  }
  throw new Error('It was read');
};

describe('SRT', () => {
  const plain =
    '1\n00:00:01,000 --> 00:00:02,500\nBonjour à tous.\n\n2\n00:00:03,000 --> 00:00:04,000\nLa séance\nest ouverte.\n';
  const read = ['1000-2500 Bonjour à tous.', '3000-4000 La séance est ouverte.'];

  test('plain', () => {
    const file = parse(plain);
    expect([file.format, file.language, shown(file)]).toEqual(['srt', null, read]);
    expect(file.segments[0]).toMatchObject({ speaker: null, confidence: null, words: null });
  });

  test.each([
    ['with a mark of UTF-8', Buffer.from(`\ufeff${plain}`)],
    ['of Windows', Buffer.from(plain.replaceAll('\n', '\r\n'))],
    ['of an old Macintosh', Buffer.from(plain.replaceAll('\n', '\r'))],
    ['in Latin-1', Buffer.from(plain, 'latin1')],
    ['in UTF-16, little endian', Buffer.from(`\ufeff${plain}`, 'utf16le')],
    ['in UTF-16, big endian', Buffer.from(`\ufeff${plain}`, 'utf16le').swap16()],
    ['without numbers', Buffer.from(plain.replace(/^\d\n/gm, ''))],
    ['without blank lines', Buffer.from(plain.replaceAll('\n\n', '\n'))],
    ['with blank lines too many', Buffer.from(`\n\n${plain.replaceAll('\n\n', '\n \n\n\t\n')}\n\n\n`)],
    ['with points for commas', Buffer.from(plain.replace(/(\d),(\d)/g, '$1.$2'))],
    ['without hours', Buffer.from(plain.replaceAll('00:00:', '00:'))],
    ['with hours of one digit', Buffer.from(plain.replaceAll('00:00:', '0:00:'))],
    ['with coordinates', Buffer.from(plain.replace(/^(.*-->.*)$/gm, '$1 X1:40 X2:600 Y1:20 Y2:50'))],
    [
      'with tags',
      Buffer.from(
        plain
          .replace('Bonjour', '{\\an8}<i>Bonjour</i>')
          .replace('séance', '<font color="red">séance</font>'),
      ),
    ],
    ['with a blank line in a cue', Buffer.from(plain.replace('La séance\n', 'La séance\n\n'))],
    [
      'unsorted',
      Buffer.from(`${plain.slice(plain.indexOf('2\n00'))}\n${plain.slice(0, plain.indexOf('2\n00'))}`),
    ],
    ['after empty cues', Buffer.from(`0\n00:00:00,000 --> 00:00:00,500\n\n${plain}`)],
    ['with a short arrow', Buffer.from(plain.replaceAll(' --> ', '->'))],
  ])('%s', (_what, bytes) => {
    const { format, segments } = parseTranscript(bytes);
    expect(shown({ format, segments, language: null })).toEqual(read);
  });

  test.each([
    [
      'a number that is said',
      '1\n00:00:01,000 --> 00:00:02,000\nEn\n1984\n\n2\n00:00:03,000 --> 00:00:04,000\nOui',
      ['1000-2000 En 1984', '3000-4000 Oui'],
    ],
    [
      'overlap',
      '00:00:01,000 --> 00:00:05,000\nA\n\n00:00:02,000 --> 00:00:03,000\nB',
      ['1000-5000 A', '2000-3000 B'],
    ],
    [
      'an end before the beginning',
      '00:00:05,000 --> 00:00:01,000\nA\n\n00:00:06,000 --> 00:00:07,000\nB',
      ['5000-6000 A', '6000-7000 B'],
    ],
    [
      'comparisons and arrows in words',
      '00:00:01,000 --> 00:00:02,000\n3 < 5 > 4, a --> b & c',
      ['1000-2000 3 < 5 > 4, a --> b & c'],
    ],
    [
      'entities',
      '00:00:01,000 --> 00:00:02,000\nR&amp;D &lt;b&gt; &#233;t&#xe9; &zz; &#0;',
      ['1000-2000 R&D <b> été &zz;'],
    ],
    [
      'control and direction characters',
      '00:00:01,000 --> 00:00:02,000\nA\0B\u0007 \u202eC\ud800',
      ['1000-2000 A B C\ufffd'],
    ],
  ])('%s', (_what, text, expected) => {
    expect(shown(parse(text))).toEqual(expected);
  });

  test('is called WebVTT when the sender says so', () => {
    expect(parse('00:01.000 --> 00:02.000\nA', { filename: 'a.vtt' }).format).toBe('vtt');
  });
});

describe('WebVTT', () => {
  test('head, notes, styles, regions, settings, voices, entities', () => {
    const file = parse(`WEBVTT - séance du matin
Kind: captions
Language: fr-FR

STYLE
::cue { color: lime }

REGION
id:bill

NOTE Relu
par deux personnes

introduction
00:01.000 --> 00:02.500 align:start position:10%
<v.loud Mme Le Gall>Bonjour <c.yellow>à</c> tous &amp; à toutes.</v>

00:00:03.000 --> 00:00:04.000
<v M. Kerbrat>Merci.
NOTE
00:00:05.000 --> 00:00:06.000
Fin`);
    expect([file.format, file.language]).toEqual(['vtt', 'fr-FR']);
    expect(shown(file)).toEqual([
      '1000-2500 Mme Le Gall: Bonjour à tous & à toutes.',
      '3000-4000 M. Kerbrat: Merci. NOTE',
      '5000-6000 Fin',
    ]);
  });

  test('times of words', () => {
    const { segments } = parse(
      'WEBVTT\n\n00:01.000 --> 00:04.000\nLe<00:01.500><c> pont</c><00:02.000><c> de la</c><00:09.000> Landelle.',
    );
    expect(segments[0]?.words).toEqual([
      { startMs: 1000, endMs: 1500, text: 'Le', confidence: null },
      { startMs: 1500, endMs: 2000, text: 'pont', confidence: null },
      // 9 s is after the cue: not a time of a word, so its word shares the time before.
      { startMs: 2000, endMs: 2308, text: 'de', confidence: null },
      { startMs: 2308, endMs: 2615, text: 'la', confidence: null },
      { startMs: 2615, endMs: 4000, text: 'Landelle.', confidence: null },
    ]);
  });

  test('captions that roll say every word once', () => {
    const lines = ['un deux', 'trois quatre', 'cinq six', 'sept huit', 'neuf dix'];
    const cues = lines.map((line, index) => {
      const at = (seconds: number) => `00:00:${String(seconds).padStart(2, '0')}.000`;
      const before = lines[index - 1] ?? ' ';
      return `${at(index)} --> ${at(index + 1)}\n${before}\n${line.replace(' ', '<c> ')}</c>`;
    });
    const { segments } = parse(`WEBVTT\n\n${cues.join('\n\n')}`);
    expect(segments.map(({ text }) => text)).toEqual(lines);
  });

  test('what is said twice stays so', () => {
    const cue = (second: number) => `00:0${second}.000 --> 00:0${second + 1}.000\nNon.`;
    expect(parse(`WEBVTT\n\n${[1, 2, 3].map(cue).join('\n\n')}`).segments).toHaveLength(3);
  });
});

describe('Podcasting 2.0 JSON', () => {
  test('segments with speakers', () => {
    const file = parse(
      JSON.stringify({
        version: '1.0.0',
        language: 'fr',
        segments: [
          { speaker: 'Anne', startTime: 3.2, endTime: 5, body: ' Deux  mots \u0000' },
          { startTime: '0.5', body: 'Un sans fin' },
          { startTime: 9, endTime: 8, body: 'Trois à la fin' },
          { startTime: 10, endTime: 11, body: '  ' },
        ],
      }),
    );
    expect([file.format, file.language]).toEqual(['podcast-json', 'fr']);
    expect(shown(file)).toEqual([
      '500-3200 Un sans fin',
      '3200-5000 Anne: Deux mots',
      '9000-14000 Trois à la fin',
    ]);
  });

  test('a segment for each word becomes sentences with words', () => {
    const word = (body: string, startTime: number, speaker = 'A') => ({
      body,
      startTime,
      endTime: startTime + 0.4,
      speaker,
    });
    const { segments } = parse(
      JSON.stringify({
        segments: [word('Bonjour', 0), word('monde.', 0.5), word('Oui', 0.9, 'B'), word('Encore', 3, 'B')],
      }),
    );
    expect(segments.map(({ text, speaker, words }) => [text, speaker, words?.length])).toEqual([
      ['Bonjour monde.', 'A', 2],
      ['Oui', 'B', 1],
      ['Encore', 'B', 1],
    ]);
  });
});

describe('a fault says what and where', () => {
  test.each([
    ['nothing', '', 'The file is empty', null],
    ['blanks', ' \n\t\n', 'The file is empty', null],
    ['prose', 'Bonjour\nà tous', 'This is no SRT, WebVTT or Podcasting 2.0 JSON file', null],
    ['a page', '<!doctype html><p>hello', 'This is no SRT, WebVTT or Podcasting 2.0 JSON file', null],
    ['a head alone', 'WEBVTT\n\nNOTE rien', 'This WebVTT file has no cue', null],
    ['cues that say nothing', '00:01.000 --> 00:02.000\n<b></b>\n', 'Nothing is said in this file', null],
    [
      'times that are none',
      '1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:99:01,000 --> 00:00:02,000\nB',
      'The times of this cue cannot be read: 00:01:02.500 --> 00:01:05.000',
      6,
    ],
    [
      'negative times',
      '-00:00:01,000 --> 00:00:02,000\nA',
      'The times of this cue cannot be read: 00:01:02.500 --> 00:01:05.000',
      1,
    ],
    ['years', '00:00:01,000 --> 999:00:00,000\nA', 'This cue lies more than a week after the beginning', 1],
    [
      'a cue without end',
      `00:00:01,000 --> 00:00:02,000\n${'a'.repeat(20_000)}`,
      'A cue has more than 10000 characters',
      2,
    ],
    ['deep JSON', `{"segments": ${'['.repeat(100)}`, 'This JSON cannot be read: it is nested too deep', null],
    ['broken JSON', '{"segments": [\n{]', 'This JSON cannot be read', 2],
    ['other JSON', '{"a": 1}', 'This JSON has no list “segments”: it is no transcript', null],
    ['a list', '[1]', 'This JSON has no list “segments”: it is no transcript', null],
    ['segments of nothing', '{"segments": []}', 'Nothing is said in this file', null],
    ['segments that are none', '{"segments": [null]}', 'Segment 1 has no startTime in seconds', null],
    [
      'a time before all',
      '{"segments": [{"startTime": -1, "body": "a"}]}',
      'Segment 1 has no startTime in seconds',
      null,
    ],
    [
      'an end that is none',
      '{"segments": [{"startTime": 1, "endTime": "soon", "body": "a"}]}',
      'Segment 1 has an endTime that is no number of seconds',
      null,
    ],
    [
      'a body that is none',
      '{"segments": [{"startTime": 1, "body": {}}]}',
      'Segment 1 has a body that is no text',
      null,
    ],
  ])('%s', (_what, text, message, line) => {
    expect(faultOf(text)).toEqual({ message, line });
  });

  test('more cues than a week has', () => {
    const cue = '00:00:01,000 --> 00:00:02,000\nA\n';
    expect(faultOf(cue.repeat(mostCues + 1))).toEqual({
      message: 'The file has more than 200000 cues',
      line: mostCues * 2 + 1,
    });
    expect(parse(cue.repeat(1000)).segments).toHaveLength(1000);
  });

  test('more bytes than words can fill', () => {
    expect(faultOf(new Uint8Array(largestTranscriptBytes + 1)).message).toBe('The file is larger than 20 MB');
  });
});

describe('hostile', () => {
  const fill = (piece: string, head = '') =>
    head + piece.repeat(Math.floor((largestTranscriptBytes - head.length) / Buffer.byteLength(piece)));
  const cue = '00:00:01,000 --> 00:00:02,000\n';

  // Each is 20 MB and would take hours if any step were quadratic: the test's own limit is the measure.
  test.each([
    ['opening marks', fill('<', cue)],
    ['lines of marks', fill(`${'<'.repeat(60)}\n`, `WEBVTT\n\n${cue}`)],
    ['cues of marks', fill(`${cue}${'<a<'.repeat(100)}>\n\n`)],
    ['cues of nested tags', fill(`${cue}${'<v a>'.repeat(1000)}b\n\n`)],
    ['ampersands', fill('&amp&#', cue)],
    ['arrows', fill('--> ')],
    ['digits', fill('0')],
    ['nearly times', fill('00:00:00,000 --')],
    ['spaces', fill(' ', cue)],
    ['blank lines', fill('\n', cue)],
    ['tabs and lines', fill('\t\r\n ')],
    ['zeros', fill('\0', cue)],
    ['brackets', fill('[')],
    ['objects', fill('{"segments":')],
    [
      'a JSON of small segments',
      `{"segments":[${fill('{"startTime":1,"body":"a b"},')
        .slice(0, 5_000_000)
        .replace(/,[^}]*$/, '')}]}`,
    ],
    ['bytes that are no UTF-8', fill('é', cue)],
    ['colons', fill(':', '00')],
  ])('20 MB of %s', (_what, text) => {
    const bytes = Buffer.from(text.slice(0, largestTranscriptBytes));
    for (const each of [
      bytes.subarray(0, largestTranscriptBytes),
      Buffer.from(text, 'latin1').subarray(0, largestTranscriptBytes),
    ]) {
      try {
        expect(parseTranscript(each).segments.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(TranscriptFileFault);
      }
    }
  });

  test('any bytes give a transcript that keeps its promises, or a fault', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'WEBVTT\n\n',
        '\n',
        '\n\n',
        '1\n',
        '00:00:01,000 --> 00:00:02,000\n',
        '00:05.000 --> 00:01.000\n',
        '<v A>',
        '<00:01.500>',
        '</c>',
        '<',
        '>',
        '-->',
        '&amp;',
        '{"segments":[',
        '{"startTime":1,"body":"a"},',
        ']}',
        '\ufeff',
        '\r',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => promisesKept(Buffer.from(pieces.join('')))),
      { numRuns: 800 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), promisesKept), { numRuns: 300 });
  });

  test('what is written as SRT, WebVTT or JSON is read as it was', () => {
    const text = fc
      .array(fc.stringMatching(/^[a-zà-ÿ’.,]{1,8}$/), { minLength: 2, maxLength: 8 })
      .map((words) => words.join(' '));
    const lists = fc.array(
      fc.record({
        gapMs: fc.integer({ min: 0, max: 9_000_000 }),
        lengthMs: fc.integer({ min: 1, max: 60_000 }),
        text,
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(lists, fc.constantFrom('srt', 'vtt', 'json'), (list, format) => {
        let atMs = 0;
        const segments = list.map(({ gapMs, lengthMs, text }, index) => {
          const startMs = atMs + gapMs;
          atMs = startMs + lengthMs;
          return { startMs, endMs: atMs, text: `${index} ${text}` };
        });
        const read = parse(written(segments, format)).segments;
        expect(read.map(({ startMs, endMs, text }) => ({ startMs, endMs, text }))).toEqual(segments);
      }),
    );
  });
});

function promisesKept(bytes: Uint8Array): void {
  let file: TranscriptFile;
  try {
    file = parseTranscript(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(TranscriptFileFault);
    return;
  }
  let previousMs = 0;
  for (const { startMs, endMs, text, words } of file.segments) {
    expect(startMs).toBeGreaterThanOrEqual(previousMs);
    expect(endMs).toBeGreaterThanOrEqual(startMs);
    expect(text).toBe(text.trim());
    expect(text).toMatch(/^[^\p{Cc}]+$/u);
    expect(text.isWellFormed()).toBe(true);
    previousMs = startMs;
    for (const [index, word] of (words ?? []).entries()) {
      expect(word.startMs).toBeGreaterThanOrEqual(words?.[index - 1]?.startMs ?? startMs);
      expect(word.endMs).toBeGreaterThanOrEqual(word.startMs);
      expect(word.endMs).toBeLessThanOrEqual(endMs);
    }
  }
}

function written(segments: { startMs: number; endMs: number; text: string }[], format: string): string {
  const clock = (ms: number, mark: string) => {
    const [hours, minutes, seconds] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60];
    const digits = [hours, minutes, seconds].map((part) => String(Math.floor(part)).padStart(2, '0'));
    return `${digits.join(':')}${mark}${String(ms % 1000).padStart(3, '0')}`;
  };
  if (format === 'json') {
    const list = segments.map(({ startMs, endMs, text }) => ({
      startTime: startMs / 1000,
      endTime: endMs / 1000,
      body: text,
    }));
    return JSON.stringify({ version: '1.0.0', segments: list });
  }
  const mark = format === 'srt' ? ',' : '.';
  const cues = segments.map(
    ({ startMs, endMs, text }) => `${clock(startMs, mark)} --> ${clock(endMs, mark)}\n${text}\n`,
  );
  return format === 'srt'
    ? cues.map((cue, index) => `${index + 1}\n${cue}`).join('\n')
    : `WEBVTT\n\n${cues.join('\n')}`;
}
