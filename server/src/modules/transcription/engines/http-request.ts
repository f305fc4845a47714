import { Agent, FormData, request } from 'undici';
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

/** Asks once; gives the parsed JSON. Throws EngineFailure or the signal's reason. */
export async function askSpeechServer(server: SpeechServer, question: SpeechQuestion): Promise<unknown> {
  const limitMs = question.deadlineMs;
  const signal = AbortSignal.any([question.signal, AbortSignal.timeout(limitMs)]);
  const agent = new Agent({
    connectTimeout: connectTimeoutMs,
    headersTimeout: limitMs,
    bodyTimeout: limitMs,
    maxHeaderSize: 32 * 1024,
  });
  try {
    const reply = await send(server, question, agent, signal);
    const failure = failureOfStatus(reply, server, question.model);
    if (failure) throw failure;
    return parsed(reply);
  } catch (error) {
    question.signal.throwIfAborted();
    throw failureOfError(error);
  } finally {
    // A connection is not kept: minutes lie between two stretches, and nothing may hold up the end of the process.
    await agent.destroy();
  }
}

async function send(
  server: SpeechServer,
  question: SpeechQuestion,
  dispatcher: Agent,
  signal: AbortSignal,
): Promise<ServerReply> {
  const { statusCode, headers, body } = await request(server.url, {
    method: 'POST',
    dispatcher,
    signal,
    headers: {
      accept: 'application/json',
      ...(server.authorization === null ? {} : { authorization: server.authorization }),
    },
    body: formOf(question),
  });
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > largestReplyBytes)
      throw new EngineFailure('nonsense', 'The speech server’s answer has no end');
    parts.push(part);
  }
  return { status: statusCode, headers, text: Buffer.concat(parts).toString('utf8') };
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
