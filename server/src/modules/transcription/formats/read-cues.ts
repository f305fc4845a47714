import { type Cue, clockMs } from './captions.ts';
import { mostCues, TranscriptFileFault } from './transcript-file.ts';

/** The cues of a caption file in the order of the file, and what its head says of the language. */
export interface CueFile {
  cues: Cue[];
  language: string | null;
}

const longestTimeMs = 7 * 24 * 3_600_000;
const longestCueLetters = 10_000;
const shortestTimes = '0:00->0:01'.length;
/** Begins like times and has the arrow: what cannot be read then is a fault, and not text. */
const looksLikeTimes = /^[ \t]*-?\d[\d:., \t]{0,40}--?>/;
const times = /^[ \t]*([\d:.,]{4,30})[ \t]*--?>[ \t]*([\d:.,]{4,30})(?:[ \t].*)?$/;
const headLanguage = /^language:[ \t]*([a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3})[ \t]*$/i;

/**
 * Reads WebVTT and SRT alike, by lines: a line of times begins a cue, wherever it stands. In WebVTT a blank line ends
 * the cue (notes and styles are skipped); SRT goes on until the next times, less the number before them.
 */
export function readCues(text: string, kind: 'srt' | 'vtt'): CueFile {
  const reader = new CueReader(kind);
  let from = 0;
  for (let number = 1; from <= text.length; number++) {
    const found = text.indexOf('\n', from);
    const end = found < 0 ? text.length : found;
    reader.read(text.slice(from, end), number);
    from = end + 1;
  }
  return reader.finish();
}

class CueReader {
  readonly #isVtt: boolean;
  readonly #cues: Cue[] = [];
  #language: string | null = null;
  #open: Cue | null = null;
  #lines: string[] = [];
  #letters = 0;
  #isHead = true;

  constructor(kind: 'srt' | 'vtt') {
    this.#isVtt = kind === 'vtt';
  }

  read(line: string, number: number): void {
    const begun = line.length >= shortestTimes && looksLikeTimes.test(line) ? begin(line, number) : null;
    // A line of one space ends no cue of WebVTT.
    const isBlank = line === '' || (!this.#isVtt && line.trim() === '');
    if (begun) {
      this.#close(true);
      this.#open = begun;
    } else if (this.#isHead && this.#isVtt) this.#language ??= headLanguage.exec(line)?.[1] ?? null;
    else if (isBlank) this.#blank();
    else this.#add(line, number);
    if (isBlank || begun) this.#isHead = false;
  }

  finish(): CueFile {
    this.#close(false);
    return { cues: this.#cues, language: this.#language };
  }

  #add(line: string, number: number): void {
    if (!this.#open) return;
    this.#letters += line.length + 1;
    if (this.#letters > longestCueLetters) {
      throw new TranscriptFileFault(`A cue has more than ${longestCueLetters} characters`, number);
    }
    this.#lines.push(line);
  }

  #blank(): void {
    if (this.#isVtt) this.#close(false);
    else if (this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#lines.push('');
  }

  #close(beforeTimes: boolean): void {
    const cue = this.#open;
    // The number of the next cue stands right above its times.
    if (beforeTimes && /^\s*\d{1,10}\s*$/.test(this.#lines.at(-1) ?? '')) this.#lines.pop();
    if (cue) this.#cues.push({ ...cue, text: this.#lines.join('\n').trim() });
    if (this.#cues.length > mostCues) {
      throw new TranscriptFileFault(`The file has more than ${mostCues} cues`, cue?.line ?? null);
    }
    this.#open = null;
    this.#lines = [];
    this.#letters = 0;
  }
}

function begin(line: string, number: number): Cue {
  const [, start = '', end = ''] = times.exec(line) ?? [];
  const [startMs, endMs] = [clockMs(start), clockMs(end)];
  if (startMs === null || endMs === null) {
    throw new TranscriptFileFault(
      'The times of this cue cannot be read: 00:01:02.500 --> 00:01:05.000',
      number,
    );
  }
  if (Math.max(startMs, endMs) > longestTimeMs) {
    throw new TranscriptFileFault('This cue lies more than a week after the beginning', number);
  }
  return { startMs, endMs, text: '', line: number };
}
