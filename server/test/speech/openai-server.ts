import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What was asked, as the server understood it. */
export interface SpeechRequest {
  path: string;
  authorization: string | undefined;
  /** Text fields; a name that came twice holds both values. */
  fields: Record<string, string[]>;
  audioBytes: number;
  /** Of the uploaded WAV, by its head. */
  durationMs: number;
  /** How many came before it. */
  index: number;
}

/** A sentence and when it is said, in milliseconds of the sound that was uploaded. */
export interface SaidSentence {
  startMs: number;
  endMs: number;
  text: string;
}

/** How a server answers one request; anything left out is as usual. */
export interface SpeechAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** In place of a transcript: sent as it is when text, else as JSON. */
  body?: unknown;
  /** Before anything is answered. */
  delayMs?: number;
  /** Breaks the connection: before the answer, or in the middle of it. */
  cut?: 'before' | 'within';
  /** Falls silent in the middle of the answer and keeps the line. */
  isStuck?: boolean;
}

/** The server's character. */
export interface SpeechServerOptions {
  /** Demanded as a bearer. */
  key?: string;
  /** Which times it can tell; `text` gives `{text}` alone whatever is asked. Default: words. */
  detail?: 'words' | 'segments' | 'text';
  /** Answers 400 to parameters it does not know (those beyond `detail`), instead of ignoring them. */
  isStrict?: boolean;
  /** Larger uploads get 413. */
  maxBytes?: number;
  /** Script: the moods of each request. */
  answer?: (request: SpeechRequest) => SpeechAnswer | undefined;
  /** What is said in the uploaded sound. Default: a numbered sentence every ten seconds. */
  said?: (request: SpeechRequest) => SaidSentence[];
}

/** A small real server of OpenAI's speech protocol on loopback. */
export interface SpeechServerKit {
  /** Without `/v1`. */
  url: string;
  /** In the order of their arrival. */
  requests: SpeechRequest[];
  /** Requests under way. */
  open(): number;
  close(): Promise<void>;
}

/** Starts it on a free port, or on one that was free before. */
export async function openSpeechServer(
  options: SpeechServerOptions = {},
  port = 0,
): Promise<SpeechServerKit> {
  const requests: SpeechRequest[] = [];
  const underWay = new Set<ServerResponse>();
  let count = 0;
  const server = createServer((request, response) => {
    underWay.add(response.on('close', () => underWay.delete(response)));
    const handled = answerOne(request, response, options, (asked) => {
      const whole = { ...asked, index: count++ };
      requests.push(whole);
      return whole;
    });
    handled.catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    open: () => underWay.size,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Log = (request: Omit<SpeechRequest, 'index'>) => SpeechRequest;

async function answerOne(
  request: IncomingMessage,
  response: ServerResponse,
  options: SpeechServerOptions,
  log: Log,
): Promise<void> {
  const { key, maxBytes = Number.POSITIVE_INFINITY } = options;
  const path = new URL(request.url ?? '/', 'http://host.test').pathname;
  if (request.method !== 'POST' || !path.endsWith('/v1/audio/transcriptions')) {
    return refuse(response, 404, 'Not Found');
  }
  const { authorization } = request.headers;
  const body = await readAll(request);
  const { fields, audio } = readForm(body, request.headers['content-type'] ?? '');
  const durationMs = audio ? (audio.length - 44) / 32 : 0;
  const asked = log({ path, authorization, fields, audioBytes: audio?.length ?? 0, durationMs });
  const { status, headers, body: given, delayMs = 0, cut, isStuck } = options.answer?.(asked) ?? {};
  if (delayMs > 0) await wait(delayMs, undefined, { ref: false });
  if (cut === 'before') return void response.destroy();
  if (key !== undefined && authorization !== `Bearer ${key}`) {
    return refuse(response, 401, `Incorrect API key provided: ${authorization}`);
  }
  if (body.length > maxBytes) return refuse(response, 413, 'Maximum content size limit exceeded');
  if (audio?.toString('latin1', 0, 4) !== 'RIFF' || !fields.model) {
    return refuse(response, 422, 'file: Field required');
  }
  const complaint = given === undefined && status === undefined ? complaintOf(asked, options) : null;
  if (complaint !== null) return refuse(response, 400, complaint);
  send(response, status ?? 200, given ?? transcriptOf(asked, options), { headers, cut, isStuck });
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  { headers = {}, cut, isStuck = false }: Pick<SpeechAnswer, 'headers' | 'cut' | 'isStuck'>,
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const bytes = Buffer.from(text);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...headers,
  });
  if (isStuck) return void response.write(bytes.subarray(0, bytes.length >> 1));
  if (cut !== 'within') return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}

/** As OpenAI words its errors. */
function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, { error: { message, type: 'invalid_request_error', param: null, code: null } }, {});
}

/** What a strict server says of parameters that it does not know. */
function complaintOf(
  { fields }: SpeechRequest,
  { isStrict, detail = 'words' }: SpeechServerOptions,
): string | null {
  if (!isStrict || detail === 'words') return null;
  if (fields['timestamp_granularities[]']) return 'timestamp_granularities[]: Extra inputs are not permitted';
  const isVerbose = fields.response_format?.[0] === 'verbose_json';
  if (detail === 'text' && isVerbose) {
    return "response_format 'verbose_json' is not compatible with this model. Use 'json' or 'text' instead.";
  }
  return null;
}

function transcriptOf(
  request: SpeechRequest,
  { said = sayNumbers, detail = 'words' }: SpeechServerOptions,
): unknown {
  const sentences = said(request);
  const text = sentences.map((sentence) => sentence.text).join(' ');
  const isVerbose = request.fields.response_format?.[0] === 'verbose_json';
  if (!isVerbose || detail === 'text') return { text };
  const wanted = request.fields['timestamp_granularities[]'] ?? ['segment'];
  return {
    task: 'transcribe',
    language: 'english',
    duration: request.durationMs / 1000,
    text,
    segments: sentences.map((sentence, id) => ({
      ...{ id, seek: 0, start: sentence.startMs / 1000, end: sentence.endMs / 1000 },
      ...{ text: ` ${sentence.text}`, tokens: [], temperature: 0, avg_logprob: -0.2, no_speech_prob: 0.01 },
    })),
    ...(detail === 'words' && wanted.includes('word') ? { words: sentences.flatMap(wordsOf) } : {}),
  };
}

/** Words in equal shares of their sentence, without its commas, as OpenAI gives them. */
function wordsOf({ startMs, endMs, text }: SaidSentence): { word: string; start: number; end: number }[] {
  const words = text.split(' ').map((word) => word.replace(/[.,;:!?]+$/, ''));
  const share = (endMs - startMs) / words.length / 1000;
  const from = startMs / 1000;
  return words.map((word, at) => ({ word, start: from + at * share, end: from + (at + 1) * share }));
}

/** “Sentence 3 of request 0.” in each whole ten seconds, and one for a shorter sound. */
function sayNumbers({ durationMs, index }: SpeechRequest): SaidSentence[] {
  const count = Math.max(1, Math.floor(durationMs / 10_000));
  return Array.from({ length: count }, (_none, at) => ({
    startMs: at * 10_000 + Math.min(1000, durationMs / 10),
    endMs: Math.min(durationMs, at * 10_000 + 9000),
    text: `Sentence ${at} of request ${index}.`,
  }));
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** The parts of multipart/form-data, by RFC 7578. */
function readForm(
  body: Buffer,
  contentType: string,
): { fields: Record<string, string[]>; audio: Buffer | null } {
  const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1];
  const fields: Record<string, string[]> = {};
  let audio: Buffer | null = null;
  if (boundary === undefined) return { fields, audio };
  const mark = Buffer.from(`--${boundary}`);
  let from = body.indexOf(mark);
  while (from >= 0) {
    const next = body.indexOf(mark, from + mark.length);
    if (next < 0) break;
    const part = body.subarray(from + mark.length + 2, next - 2);
    const headEnd = part.indexOf('\r\n\r\n');
    const head = part.toString('utf8', 0, headEnd);
    const content = part.subarray(headEnd + 4);
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? '';
    if (/filename=/.test(head)) audio = content;
    else fields[name] = [...(fields[name] ?? []), content.toString('utf8')];
    from = next;
  }
  return { fields, audio };
}
