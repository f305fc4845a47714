/** One field that the server refused, with its sentence. */
export interface FieldProblem {
  field: string;
  message: string;
}

interface ProblemFields {
  status: number;
  type: string;
  title: string;
  detail: string;
  errors: FieldProblem[];
  requestId: string | null;
  retryAfterSeconds: number | null;
  extra: Record<string, unknown>;
}

/** A refusal by the server: problem+json (RFC 9457) with the id that finds it in the log. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: FieldProblem[];
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;
  /** Members beyond the standard ones, such as `debate_id` of a same-source conflict. */
  readonly extra: Record<string, unknown>;

  constructor(fields: ProblemFields) {
    super(fields.detail);
    this.status = fields.status;
    this.type = fields.type;
    this.title = fields.title;
    this.detail = fields.detail;
    this.errors = fields.errors;
    this.requestId = fields.requestId;
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.extra = fields.extra;
  }
}

/** The server could not be reached at all: no network, or nobody answers. */
export class ServerAway extends Error {
  override readonly name = 'ServerAway';
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;

function fieldProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((each) => ({
    field: text(each.field, ''),
    message: text(each.message, ''),
  }));
}

function parseObject(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

/** Makes the error of a refused answer; a body that is not problem+json (a proxy's page) still gives one. */
export function problemFrom(
  status: number,
  body: string,
  header: (name: string) => string | null,
): ApiProblem {
  const { type, title, detail, errors, status: _status, instance: _instance, ...extra } = parseObject(body);
  const retryAfter = Number.parseInt(header('retry-after') ?? '', 10);
  return new ApiProblem({
    status,
    type: text(type, 'about:blank'),
    title: text(title, `HTTP ${status}`),
    detail: text(detail, text(title, `HTTP ${status}`)),
    errors: fieldProblems(errors),
    requestId: header('x-request-id'),
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
    extra,
  });
}
