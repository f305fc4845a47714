import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { alignPhones, type SpokenPhone, type SpokenWord } from './align-phones.ts';

const run = promisify(execFile);
const sampleRate = 16_000;
const bytesPerMs = (sampleRate * 2) / 1000;

/** Voices whose printed times are those of the sound (kal's are not). */
export type FliteVoice = 'slt' | 'rms' | 'awb';

/** What is to be said. Plain words: no digits, no abbreviations. */
export interface SpeechRequest {
  text: string;
  voice?: FliteVoice;
  /** Where the WAV is written. */
  folder: string;
  /** Silence put between sentences, beside the quarter second or so that the voice leaves. */
  gapMs?: number;
}

/** A WAV of speech, 16 kHz mono, and when exactly each of its words is said. */
export interface Speech {
  path: string;
  durationMs: number;
  words: SpokenWord[];
  sentences: SpokenWord[];
}

/** Speaks a text with flite, sentence by sentence, and knows the truth about its words. */
export async function speak({ text, voice = 'slt', folder, gapMs = 250 }: SpeechRequest): Promise<Speech> {
  const parts: Buffer[] = [];
  const words: SpokenWord[] = [];
  const sentences: SpokenWord[] = [];
  const gap = Buffer.alloc(gapMs * bytesPerMs);
  let beginMs = 0;
  for (const sentence of sentencesOf(text)) {
    const said = await speakSentence(sentence, voice, folder);
    const placed = said.words.map((word) => moved(word, beginMs));
    words.push(...placed);
    sentences.push({ text: sentence, startMs: placed[0]?.startMs ?? 0, endMs: placed.at(-1)?.endMs ?? 0 });
    parts.push(said.samples, gap);
    beginMs += (said.samples.length + gap.length) / bytesPerMs;
  }
  const samples = Buffer.concat(parts);
  const path = join(folder, `speech-${voice}-${randomUUID()}.wav`);
  await writeFile(path, [wavHead(samples.length), samples]);
  return { path, durationMs: Math.round(samples.length / bytesPerMs), words, sentences };
}

/** The words of a text as they are compared: lower case, without what surrounds them. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu) ?? [];
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

function moved({ text, startMs, endMs }: SpokenWord, byMs: number): SpokenWord {
  return { text, startMs: Math.round(startMs + byMs), endMs: Math.round(endMs + byMs) };
}

async function speakSentence(
  sentence: string,
  voice: FliteVoice,
  folder: string,
): Promise<{ samples: Buffer; words: SpokenWord[] }> {
  const file = join(folder, `sentence-${randomUUID()}.wav`);
  const { stdout } = await run('flite', ['-voice', voice, '-psdur', '-t', sentence, '-o', file]);
  const samples = samplesOf(await readFile(file));
  await rm(file);
  const spelled = [];
  for (const text of wordsOf(sentence)) spelled.push({ text, phones: await phonesOf(text, voice) });
  return { samples, words: alignPhones(spelled, spokenPhones(stdout)) };
}

/** `pau:0.218 g:0.280 …`: each phone with the second at which it ends. */
function spokenPhones(printed: string): SpokenPhone[] {
  let startMs = 0;
  return printed
    .trim()
    .split(/\s+/)
    .map((item) => {
      const [phone = '', seconds] = item.split(':');
      const spoken = { phone, startMs, endMs: Number(seconds) * 1000 };
      startMs = spoken.endMs;
      return spoken;
    });
}

const knownPhones = new Map<string, string[]>();

async function phonesOf(word: string, voice: FliteVoice): Promise<string[]> {
  const known = knownPhones.get(`${voice} ${word}`);
  if (known) return known;
  const { stdout } = await run('flite', ['-voice', voice, '-ps', '-t', word, '-o', 'none']);
  const phones = stdout.trim().split(/\s+/);
  knownPhones.set(`${voice} ${word}`, phones);
  return phones;
}

/** The samples of one of flite's files: a canonical 44-byte head, 16 kHz mono. */
function samplesOf(wav: Buffer): Buffer {
  if (wav.readUInt32LE(24) !== sampleRate || wav.readUInt16LE(22) !== 1)
    throw new Error('flite gave another rate than 16 kHz mono');
  return wav.subarray(44);
}

function wavHead(dataBytes: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(dataBytes + 36, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(dataBytes, 40);
  return head;
}
