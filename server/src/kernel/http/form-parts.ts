import type { FastifyRequest } from 'fastify';
import { codeOf } from '../reason-of.ts';
import { type defineProblem, Problem } from './problem.ts';

/** One part of a form as it arrives; a file's bytes are read once, in order. */
export type FormPart =
  | { kind: 'file'; name: string; filename: string; mimeType: string; chunks: AsyncIterable<Uint8Array> }
  | { kind: 'field'; name: string; value: unknown };

type MakeProblem = ReturnType<typeof defineProblem>;

/** Let through, the parser would refuse it in words of its own. */
const LONG_BOUNDARY = /boundary="?[^";]{71}/i;
const FORM_FAULT = /multipart|boundary|terminated early|malformed/i;

/** The parts of a multipart request, in order; what cannot be read becomes the caller's own problem. */
export async function* formParts(request: FastifyRequest, badForm: MakeProblem): AsyncGenerator<FormPart> {
  if (LONG_BOUNDARY.test(request.headers['content-type'] ?? '')) {
    throw badForm('The boundary of the form is longer than 70 characters (RFC 2046, section 5.1.1).');
  }
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      const { fieldname: name, filename = '', mimetype: mimeType, file: chunks } = part;
      yield { kind: 'file', name, filename, mimeType, chunks };
    } else {
      yield { kind: 'field', name: part.fieldname, value: part.value };
    }
  }
}

/** What the form parser throws, as a problem; anything else stays what it is. */
export function asFormProblem(error: unknown, badForm: MakeProblem): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const code = codeOf(error);
  if (code === 'FST_FILES_LIMIT') return badForm('Send one file at a time.', { cause: error });
  if (code?.startsWith('FST_') || FORM_FAULT.test(error.message)) {
    return badForm('The form could not be read to its end; send it again.', { cause: error });
  }
  return error;
}
