import { codeOf } from '../reason-of.ts';

/** Why an address may not be fetched at all. */
export type RefusalReason = 'invalid' | 'scheme' | 'private' | 'port';

/** The address itself is refused, before any byte was sent to it. */
export class AddressRefused extends Error {
  readonly reason: RefusalReason;
  /** The host as asked for, without credentials. */
  readonly host: string;
  constructor(reason: RefusalReason, host: string, detail: string) {
    super(detail);
    this.name = 'AddressRefused';
    this.reason = reason;
    this.host = host;
  }
}

/** Why a fetch that was allowed did not work out. */
export type FetchFailure =
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'redirects'
  | 'status'
  | 'too-large'
  | 'encoding'
  | 'broken';

/** The other side, or the way to it, failed. `status` is set when it answered. */
export class FetchFailed extends Error {
  readonly failure: FetchFailure;
  readonly status: number | null;
  constructor(failure: FetchFailure, detail: string, options: ErrorOptions & { status?: number } = {}) {
    super(detail, options);
    this.name = 'FetchFailed';
    this.failure = failure;
    this.status = options.status ?? null;
  }
}

const failureByCode: Record<string, FetchFailure> = {
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ENODATA: 'dns',
  ECONNREFUSED: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
};

/** Gives whatever went wrong below a type; our own errors pass unchanged. */
export function asFetchError(error: unknown): Error {
  if (error instanceof AddressRefused || error instanceof FetchFailed) return error;
  if (!(error instanceof Error)) return new FetchFailed('broken', 'The transfer failed', { cause: error });
  if (error.name === 'TimeoutError')
    return new FetchFailed('timeout', 'The transfer took too long', { cause: error });
  const code = codeOf(error) ?? '';
  const isTls =
    code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || /CERT|SELF_SIGNED|UNABLE_TO/.test(code);
  const failure = isTls ? 'tls' : (failureByCode[code] ?? 'broken');
  return new FetchFailed(failure, sentences[failure], { cause: error });
}

const sentences: Record<FetchFailure, string> = {
  dns: 'The host name could not be resolved',
  connect: 'The host refused the connection or cannot be reached',
  tls: 'The host has no valid certificate',
  timeout: 'The host took too long to answer',
  redirects: 'The address redirects too often',
  status: 'The host answered with an error',
  'too-large': 'The file is larger than allowed',
  encoding: 'The host compressed the answer against our request',
  broken: 'The connection broke during the transfer',
};

/** More bytes than the caller takes. */
export function tooLarge(): FetchFailed {
  return new FetchFailed('too-large', sentences['too-large']);
}
