/** What kind of thing went wrong; each kind has one HTTP status, given here once for the whole program. */
export type ProblemKind = keyof typeof STATUS_BY_KIND;

const STATUS_BY_KIND = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'not-allowed': 405,
  'too-slow': 408,
  conflict: 409,
  gone: 410,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-type': 415,
  'range-not-satisfiable': 416,
  'expectation-failed': 417,
  invalid: 422,
  held: 423,
  'upgrade-required': 426,
  locked: 429,
  busy: 429,
  'headers-too-large': 431,
  'checksum-mismatch': 460,
  internal: 500,
  unavailable: 503,
  'storage-full': 507,
} as const;

const PROBLEM_URN = 'urn:antenne:problem:';

export interface FieldFault {
  field: string;
  message: string;
}

/** Extra members of a problem document (RFC 9457 §3.2) and headers of its reply. */
export interface ProblemExtras {
  errors?: FieldFault[];
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An error that a client is meant to read: becomes `application/problem+json` (RFC 9457) at the edge. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly code: string;
  readonly title: string;
  readonly errors: FieldFault[] | undefined;
  readonly members: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(kind: ProblemKind, code: string, title: string, detail: string, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause });
    this.name = 'Problem';
    this.kind = kind;
    this.code = code;
    this.title = title;
    this.errors = extras.errors;
    this.members = extras.members ?? {};
    this.headers = extras.headers ?? {};
  }

  get statusCode(): number {
    return STATUS_BY_KIND[this.kind];
  }

  /** The RFC 9457 document; `instance` is the path that the client asked for. */
  toDocument(instance: string): Record<string, unknown> {
    return {
      type: PROBLEM_URN + this.code,
      title: this.title,
      status: this.statusCode,
      detail: this.message,
      instance,
      ...(this.errors ? { errors: this.errors } : {}),
      ...this.members,
    };
  }
}

/**
 * Declares one problem of a module, used as `throw recordingNotFound('…sentence…')`.
 * `code` is stable and dotted (`media.recording-not-found`); clients may switch on it.
 */
export function defineProblem(kind: ProblemKind, code: string, title: string) {
  return (detail: string, extras?: ProblemExtras): Problem => new Problem(kind, code, title, detail, extras);
}

export const notFound = defineProblem('not-found', 'not-found', 'Not found');
export const validationFailed = defineProblem('invalid', 'validation', 'The request does not fit its schema');
export const unauthenticated = (detail: string): Problem =>
  new Problem('unauthenticated', 'unauthenticated', 'Sign-in needed', detail, {
    headers: { 'www-authenticate': 'Bearer' },
  });
export const forbidden = defineProblem('forbidden', 'forbidden', 'Not allowed');
export const rateLimited = defineProblem('busy', 'rate-limited', 'Too many requests');
export const overloaded = defineProblem('unavailable', 'overloaded', 'Too busy at the moment');
