import type { RecognisedWord } from './engine.ts';

/** Silence, noise and the marks of beginnings and ends. */
const filler = /^(<.*>|\[.*\]|\+\+.*\+\+)$/;
const wordLine = /^(\S+) (\d+\.\d+) (\d+\.\d+) (\S+)$/;
/** Which of several pronunciations was heard: `to(2)`. */
const pronunciation = /\(\d+\)$/;
/** Lines are short; without an end of line something else is talking. */
const longestLine = 100_000;

/** Reads what `pocketsphinx_continuous -time yes` prints, in any portions. */
export class PocketsphinxOutput {
  readonly words: RecognisedWord[] = [];
  readonly #durationMs: number;
  #rest = '';

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
  }

  /** How far it has listened, as far as words tell. */
  get positionMs(): number {
    return this.words.at(-1)?.endMs ?? 0;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('latin1')).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) this.#read(line.trimEnd());
  }

  #read(line: string): void {
    const [, spoken = '', start = '', end = '', confidence = ''] = wordLine.exec(line) ?? [];
    if (spoken === '' || filler.test(spoken)) return;
    const startMs = this.#clamp(Number(start) * 1000);
    // It counts frames of 10 ms, the last one included.
    const endMs = Math.max(startMs, this.#clamp(Number(end) * 1000 + 10));
    if (startMs < (this.words.at(-1)?.startMs ?? 0)) return;
    this.words.push({ startMs, endMs, text: readable(spoken), confidence: asShare(Number(confidence)) });
  }

  #clamp(ms: number): number {
    return Math.round(Math.min(this.#durationMs, Math.max(0, ms)));
  }
}

function readable(spoken: string): string {
  const word = spoken.replace(pronunciation, '').replaceAll('_', ' ');
  return word === 'i' || word.startsWith("i'") ? `I${word.slice(1)}` : word;
}

/** It says 1.0005 at times. */
function asShare(confidence: number): number | null {
  if (!Number.isFinite(confidence)) return null;
  return Math.round(Math.min(1, Math.max(0, confidence)) * 1000) / 1000;
}
