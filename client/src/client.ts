import { problemFrom, ServerAway } from './api-problem.ts';
import type { paths } from './contract.generated.ts';
import type { ArgumentsOf, Method, PathsOf, ReplyOf } from './types.ts';

/** How the client reaches a server and where it finds the reader's right to be there. */
export interface ClientOptions {
  /** Address before every path, without a final slash; empty in a page served by the server itself. */
  baseUrl?: string;
  /** The access token of the moment, or null for an anonymous reader. */
  token?: () => string | null;
  /** Gets a new access token after a 401; null when the session is over. Called once for any number of calls. */
  refresh?: () => Promise<string | null>;
  fetch?: typeof fetch;
}

/** Calls the API by path, with the types of the contract. */
export interface Client {
  get<P extends PathsOf<'get'>>(path: P, ...call: ArgumentsOf<P, 'get'>): Promise<ReplyOf<P, 'get'>>;
  post<P extends PathsOf<'post'>>(path: P, ...call: ArgumentsOf<P, 'post'>): Promise<ReplyOf<P, 'post'>>;
  put<P extends PathsOf<'put'>>(path: P, ...call: ArgumentsOf<P, 'put'>): Promise<ReplyOf<P, 'put'>>;
  patch<P extends PathsOf<'patch'>>(path: P, ...call: ArgumentsOf<P, 'patch'>): Promise<ReplyOf<P, 'patch'>>;
  delete<P extends PathsOf<'delete'>>(
    path: P,
    ...call: ArgumentsOf<P, 'delete'>
  ): Promise<ReplyOf<P, 'delete'>>;
}

interface Call {
  path?: Record<string, string | number>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** Fills `{id}` places and appends the query; `undefined`, null and empty values are left out. */
export function addressOf(baseUrl: string, template: string, call: Pick<Call, 'path' | 'query'>): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = call.path?.[name];
    if (value === undefined) throw new TypeError(`${template} needs a value for ${name}`);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const search = query.toString();
  return `${baseUrl}${path}${search === '' ? '' : `?${search}`}`;
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** Many calls that meet a 401 at once wait for the same refresh. */
function singleFlight(refresh: (() => Promise<string | null>) | undefined): () => Promise<string | null> {
  let underWay: Promise<string | null> | null = null;
  return () => {
    underWay ??= (refresh?.() ?? Promise.resolve(null)).finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

function requestOf(method: Method, call: Call, token: string | null): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json', ...call.headers };
  if (token !== null) headers.authorization = `Bearer ${token}`;
  // A form names its own boundary, which only whoever writes it out knows.
  const isForm = call.body instanceof FormData;
  if (call.body !== undefined && !isForm) headers['content-type'] = 'application/json';
  return {
    method: method.toUpperCase(),
    headers,
    ...(call.body === undefined
      ? {}
      : { body: isForm ? (call.body as FormData) : JSON.stringify(call.body) }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  };
}

async function replyOf(response: Response): Promise<unknown> {
  const body = await response.text();
  if (!response.ok) throw problemFrom(response.status, body, (name) => response.headers.get(name));
  return body === '' ? undefined : JSON.parse(body);
}

/** Makes a client. Refusals throw `ApiProblem`, an unreachable server `ServerAway`, a signal `AbortError`. */
export function createClient(options: ClientOptions = {}): Client {
  const { baseUrl = '', token = () => null } = options;
  const send = options.fetch ?? ((input: RequestInfo | URL, init?: RequestInit) => fetch(input, init));
  const refreshOnce = singleFlight(options.refresh);

  async function attempt(method: Method, address: string, call: Call, bearer: string | null) {
    try {
      return await send(address, requestOf(method, call, bearer));
    } catch (error) {
      if (isAbort(error) || call.signal?.aborted) throw error;
      throw new ServerAway('The server cannot be reached.', { cause: error });
    }
  }

  async function request(method: Method, path: string, call: Call = {}): Promise<unknown> {
    const address = addressOf(baseUrl, path, call);
    const bearer = token();
    const response = await attempt(method, address, call, bearer);
    if (response.status !== 401 || bearer === null || options.refresh === undefined) return replyOf(response);
    // Another call may have refreshed while this one was under way: its token is good as it is.
    const current = token();
    const renewed = current !== null && current !== bearer ? current : await refreshOnce();
    if (renewed === null) return replyOf(response);
    return replyOf(await attempt(method, address, call, renewed));
  }

  const verb =
    <M extends Method>(method: M) =>
    <P extends PathsOf<M> & keyof paths>(path: P, ...[call]: ArgumentsOf<P, M>): Promise<ReplyOf<P, M>> =>
      // The contract, checked against the server's replies in its own tests, gives the type of what arrives.
      request(method, path, call as Call | undefined) as Promise<ReplyOf<P, M>>;

  return {
    get: verb('get'),
    post: verb('post'),
    put: verb('put'),
    patch: verb('patch'),
    delete: verb('delete'),
  };
}
