import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { EngineFailure } from './engine.ts';
import { failureOfError, failureOfStatus, type ServerReply } from './http-failures.ts';

/** An OpenAI-compatible server, as the settings name it. */
export interface SpeechServer {
  url: URL;
  /** The Authorization header; null without a key. */
  authorization: string | null;
  /** Never to be repeated in any message. */
  secrets: readonly string[];
}

/** How much the server is asked to tell: times of words, of sentences, or nothing but text. */
export type Detail = 'words' | 'segments' | 'text';

/** One stretch of sound and how it is to be recognised. */
export interface SpeechQuestion {
  wav: Blob;
  detail: Detail;
  model: string;
  language: string;
  prompt: string | null;
  /** For the whole exchange. */
  deadlineMs: number;
  signal: AbortSignal;
}

/** Ten thousand words with all that servers add to them are a megabyte. */
const largestReplyBytes = 16 * 1024 * 1024;
const connectTimeoutMs = 10_000;

/** TRANSCRIPTION_API_URL as people write it: with or without `/v1`, or the whole address of the endpoint. */
export function speechServer(apiUrl: string, apiKey: string | null): SpeechServer {
  const url = new URL(apiUrl);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const path = url.pathname.replace(/\/+$/, '');
  if (/\/v\d+$/.test(path)) url.pathname = `${path}/audio/transcriptions`;
  else if (!path.endsWith('/audio/transcriptions')) url.pathname = `${path}/v1/audio/transcriptions`;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const basic = username === '' ? null : `Basic ${Buffer.from(pair).toString('base64')}`;
  return {
    url,
    authorization: apiKey === null ? basic : `Bearer ${apiKey}`,
    secrets: [apiKey ?? '', decodeURIComponent(password)].filter((secret) => secret !== ''),
  };
}

/** A server that says nothing to “may I?” is taken to agree, as curl does. */
const permissionMs = 1000;

/** Asks once; gives the parsed JSON. Throws EngineFailure or the signal's reason. */
export async function askSpeechServer(server: SpeechServer, question: SpeechQuestion): Promise<unknown> {
  const limit = AbortSignal.timeout(question.deadlineMs);
  const signal = AbortSignal.any([question.signal, limit]);
  try {
    const form = new Response(formOf(question));
    const body = Buffer.from(await form.arrayBuffer());
    const contentType = form.headers.get('content-type') ?? '';
    const reply = await send(server, { body, contentType, signal });
    const failure = failureOfStatus(reply, server, question.model);
    if (failure) throw failure;
    return parsed(reply);
  } catch (error) {
    question.signal.throwIfAborted();
    throw failureOfError(limit.aborted ? limit.reason : error);
  }
}

interface Upload {
  body: Buffer;
  contentType: string;
  signal: AbortSignal;
}

/**
 * Asks for permission before the sound is sent (RFC 9110 section 10.1.1): a server that refuses a key or a size closes
 * the line in the middle of an upload, and its reason would be lost.
 */
async function send(server: SpeechServer, upload: Upload): Promise<ServerReply> {
  const outgoing = open(server, upload);
  try {
    const reply = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on('response', resolve);
      outgoing.on('error', reject);
    });
    const refused = await Promise.race([reply, permission(outgoing)]);
    if (!refused) outgoing.end(upload.body);
    const response = refused ?? (await reply);
    return { status: response.statusCode ?? 0, headers: response.headers, text: await readAll(response) };
  } finally {
    // A connection is not kept: minutes lie between two stretches, and nothing may hold up the end of the process.
    outgoing.destroy();
  }
}

function open({ url, authorization }: SpeechServer, { body, contentType, signal }: Upload): ClientRequest {
  const outgoing = (url.protocol === 'https:' ? overHttps : overHttp)(url, {
    method: 'POST',
    agent: false,
    signal,
    headers: {
      accept: 'application/json',
      'content-type': contentType,
      'content-length': body.length,
      expect: '100-continue',
      ...(authorization === null ? {} : { authorization }),
    },
  });
  const tooLong = setTimeout(() => {
    outgoing.destroy(Object.assign(new Error('No connection'), { code: 'ETIMEDOUT' }));
  }, connectTimeoutMs);
  outgoing.once('socket', (socket) => socket.once('connect', () => clearTimeout(tooLong)));
  outgoing.once('close', () => clearTimeout(tooLong));
  outgoing.flushHeaders();
  return outgoing;
}

/** Given by the server, or by its silence once there is a connection. */
function permission(outgoing: ClientRequest): Promise<null> {
  return new Promise((resolve) => {
    outgoing.once('continue', () => resolve(null));
    outgoing.once('socket', (socket) => {
      socket.once('connect', () => setTimeout(resolve, permissionMs, null).unref());
    });
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response) {
    bytes += part.length;
    if (bytes > largestReplyBytes)
      throw new EngineFailure('nonsense', 'The speech server’s answer has no end');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function formOf({ wav, detail, model, language, prompt }: SpeechQuestion): FormData {
  const form = new FormData();
  form.set('model', model);
  form.set('language', language);
  if (prompt !== null) form.set('prompt', prompt);
  form.set('response_format', detail === 'text' ? 'json' : 'verbose_json');
  if (detail === 'words') {
    form.append('timestamp_granularities[]', 'word');
    form.append('timestamp_granularities[]', 'segment');
  }
  // Last: some servers read the fields before the file arrives.
  form.set('file', wav, 'speech.wav');
  return form;
}

function parsed({ text, headers }: ServerReply): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const isPage = String(headers['content-type'] ?? '').includes('text/html');
    if (!isPage)
      throw new EngineFailure('nonsense', 'The speech server’s answer is no JSON', { cause: error });
    throw new EngineFailure(
      'not-found',
      'The speech server answers with a web page: check TRANSCRIPTION_API_URL',
      { isFinal: true },
    );
  }
}
