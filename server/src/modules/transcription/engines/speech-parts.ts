import { cutSpeech } from '../../../kernel/media/cut-speech.ts';
import type { SpeechChunk } from '../../../kernel/media/speech.ts';
import { SpeechLevels } from '../../../kernel/media/speech-levels.ts';

const sampleRate = 16_000;
const bytesPerMs = (sampleRate * 2) / 1000;
const headBytes = 44;

/** A WAV as engines are given it (16 kHz mono 16-bit, plain head), to be sent whole or in parts. */
export class SpeechParts {
  readonly #samples: Uint8Array<ArrayBuffer>;
  readonly durationMs: number;

  constructor(wav: Uint8Array<ArrayBuffer>) {
    this.#samples = wav.subarray(headBytes);
    this.durationMs = Math.floor(this.#samples.length / bytesPerMs);
  }

  /** Parts of a stretch, none longer than `longestMs`, cut where nobody speaks if that can be found. */
  cut({ startMs, endMs }: SpeechChunk, longestMs: number): SpeechChunk[] {
    const bytes = this.#bytes({ startMs, endMs });
    const samples = new Int16Array(Uint8Array.from(bytes).buffer);
    const levels = new SpeechLevels(sampleRate);
    levels.push(samples);
    const options = { durationMs: endMs - startMs, maxChunkMs: longestMs, useVad: false };
    return cutSpeech(levels.finish(), options).map((part) => ({
      startMs: startMs + part.startMs,
      endMs: startMs + part.endMs,
    }));
  }

  /** A part as a file of its own. */
  wavOf(part: SpeechChunk): Blob {
    const bytes = this.#bytes(part);
    return new Blob([head(bytes.length), bytes], { type: 'audio/wav' });
  }

  #bytes({ startMs, endMs }: SpeechChunk): Uint8Array<ArrayBuffer> {
    return this.#samples.subarray(startMs * bytesPerMs, endMs * bytesPerMs);
  }
}

function head(dataBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headBytes);
  const view = new DataView(bytes.buffer);
  const text = (at: number, letters: string) => bytes.set(Buffer.from(letters, 'latin1'), at);
  text(0, 'RIFF');
  view.setUint32(4, dataBytes + 36, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, dataBytes, true);
  return bytes;
}
