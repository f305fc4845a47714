import type { IncomingHttpHeaders } from 'node:http';
import { codeOf } from '../../../kernel/reason-of.ts';
import { EngineFailure } from './engine.ts';

/** What a server answered, read to its end. */
export interface ServerReply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** The server does not take the answer's format or the times that we asked for. */
export class FormatRefused extends EngineFailure {}

const longestQuote = 200;
/** Longer is not waited for at the server's word. */
const longestRetryMs = 3_600_000;
const speaksOfFormat = /granularit|response_format|verbose/i;

/** Null for an answer of success. */
export function failureOfStatus(
  reply: ServerReply,
  server: { authorization: string | null; secrets: readonly string[] },
  model: string,
): EngineFailure | null {
  const { status } = reply;
  if (status >= 200 && status < 300) return null;
  const final = (code: EngineFailure['code'], message: string) =>
    new EngineFailure(code, message, { isFinal: true });
  if (status < 400) {
    return final(
      'redirected',
      'The speech server sends us elsewhere: put the final address into TRANSCRIPTION_API_URL',
    );
  }
  if (status === 401 || status === 403) {
    return server.authorization === null
      ? final('refused-key', 'The speech server asks for a key: set TRANSCRIPTION_API_KEY')
      : final('refused-key', 'The speech server does not accept our key: check TRANSCRIPTION_API_KEY');
  }
  if (status === 404 || status === 405) {
    return final(
      'not-found',
      `The speech server has no such address or no model “${model}”: check TRANSCRIPTION_API_URL and TRANSCRIPTION_API_MODEL`,
    );
  }
  if (status === 413)
    return final('too-large', 'The speech server takes no upload of this size: raise its limit');
  if (status === 429 || status === 503) return busy(reply);
  if (status >= 500 || status === 408 || status === 409 || status === 425) {
    return new EngineFailure(
      'server-error',
      `The speech server failed (${status})${quote(reply, server.secrets)}`,
    );
  }
  const message = `The speech server refused the sound (${status})${quote(reply, server.secrets)}`;
  if ((status === 400 || status === 422) && speaksOfFormat.test(reply.text)) {
    return new FormatRefused('rejected', message, { isFinal: true });
  }
  return final('rejected', message);
}

function busy({ text, headers }: ServerReply): EngineFailure {
  if (/insufficient_quota/.test(text)) {
    return new EngineFailure('busy', 'The account with the speech server has no credit left', {
      isFinal: true,
    });
  }
  const retryAfterMs = retryAfter(headers['retry-after']);
  return new EngineFailure('busy', 'The speech server has too much to do at the moment', { retryAfterMs });
}

/** Seconds or a date, RFC 9110 section 10.2.3. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(longestRetryMs, Math.max(0, ms)) : undefined;
}

/** What the server says of it, if that is a sentence: OpenAI's `error.message`, FastAPI's `detail`. */
function quote({ text }: ServerReply, secrets: readonly string[]): string {
  const said = sentenceIn(text);
  if (said === null) return '';
  const shown = secrets
    .reduce((clean, secret) => clean.replaceAll(secret, '…'), said)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return shown === '' ? '' : `: ${[...shown].slice(0, longestQuote).join('')}`;
}

function sentenceIn(text: string): string | null {
  try {
    const found: unknown = JSON.parse(text);
    const inner = field(found, 'error') ?? found;
    const said = [inner, field(inner, 'message'), field(inner, 'detail')].find(
      (each) => typeof each === 'string',
    );
    return typeof said === 'string' ? said : null;
  } catch {
    return null;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no answer from the name service',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ETIMEDOUT: 'no answer in time',
};

/** Gives what went wrong on the way a type; failures pass unchanged. */
export function failureOfError(error: unknown): EngineFailure {
  if (error instanceof EngineFailure) return error;
  const cause = error;
  const code = codeOf(error) ?? '';
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError') {
    return new EngineFailure('timeout', 'The speech server took too long', { cause });
  }
  if (/^ERR_(TLS|SSL)|CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
    return new EngineFailure('unreachable', 'The speech server has no valid certificate', {
      cause,
      isFinal: true,
    });
  }
  const why = words[code];
  if (why !== undefined) {
    return new EngineFailure('unreachable', `The speech server cannot be reached: ${why}`, { cause });
  }
  return new EngineFailure('unreachable', 'The connection to the speech server broke', { cause });
}
