import type { FastifyRequest } from 'fastify';
import { needs } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { Problem } from '../../kernel/http/problem.ts';
import { codeOf } from '../../kernel/reason-of.ts';
import { badUpload, notMultipart } from './errors.ts';
import type { MediaContext } from './media-context.ts';
import { withRenditions } from './read-recordings.ts';
import { requestExtraction } from './request-extraction.ts';
import { ImportBody, ImportReply, RecordingRef, UploadForm } from './schemas.ts';
import type { UploadPart } from './upload-form.ts';
import { uploadRecording } from './upload-recording.ts';

const tags = ['Recordings'];

/** How sound comes in: a file, or an address. */
export function registerUploadRoutes(app: App, context: MediaContext): void {
  const { db } = context.kernel;

  app.post(
    '/api/recordings',
    {
      config: { access: needs('media.write'), budget: 'api' },
      // The form is a stream: its schema is for the documentation, its fields are checked by hand.
      validatorCompiler: () => () => true,
      schema: {
        tags,
        operationId: 'uploadRecording',
        summary: 'Upload a recording',
        description:
          'Any audio or video file. Answered once the bytes are safe; the sound is prepared afterwards.',
        consumes: ['multipart/form-data'],
        body: UploadForm,
        response: { 201: RecordingRef },
      },
    },
    async (request, reply) => {
      if (!request.isMultipart()) {
        throw notMultipart('Send the file as multipart/form-data, in the field `file`.');
      }
      if (LONG_BOUNDARY.test(request.headers['content-type'] ?? '')) {
        throw badUpload('The boundary of the form is longer than 70 characters (RFC 2046, section 5.1.1).');
      }
      const expectedBytes = Number(request.headers['content-length'] ?? 0) || 0;
      const recording = await uploadRecording(context, request.actor, partsOf(request), expectedBytes).catch(
        (error: unknown) => {
          throw asUploadProblem(error);
        },
      );
      return reply
        .code(201)
        .header('location', `/api/recordings/${recording.id}`)
        .send(await withRenditions(db, recording, true));
    },
  );

  app.post(
    '/api/recordings/import',
    {
      config: { access: needs('media.write'), budget: 'api' },
      schema: {
        tags,
        operationId: 'importRecording',
        summary: 'Import a recording from an address',
        description: 'The same address twice is a 409 that names the first recording in `recording_id`.',
        body: ImportBody,
        response: { 202: ImportReply },
      },
    },
    async ({ actor, body }, reply) => {
      const { url, title, language, priority, format, quality } = body;
      const { recording, jobId } = await db.transaction((tx) =>
        requestExtraction(tx, context, {
          organisationId: actor.organisationId,
          createdBy: actor.personId,
          sourceUrl: url,
          title,
          language,
          priority,
          format,
          quality,
        }),
      );
      return reply
        .code(202)
        .header('location', `/api/recordings/${recording.id}`)
        .send({
          job_id: jobId,
          recording_id: recording.id,
          status: recording.status,
          recording: await withRenditions(db, recording, true),
        });
    },
  );
}

async function* partsOf(request: FastifyRequest): AsyncIterable<UploadPart> {
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      yield { kind: 'file', name: part.fieldname, filename: part.filename ?? '', chunks: part.file };
    } else {
      yield { kind: 'field', name: part.fieldname, value: part.value };
    }
  }
}

/** Let through, the parser would refuse it in words of its own. */
const LONG_BOUNDARY = /boundary="?[^";]{71}/i;
const FORM_FAULT = /multipart|boundary|terminated early|malformed/i;

/** What the form parser throws, as a problem of ours; anything else stays what it is. */
function asUploadProblem(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const code = codeOf(error);
  if (code === 'FST_FILES_LIMIT') return badUpload('Send one file at a time.', { cause: error });
  if (code?.startsWith('FST_') || FORM_FAULT.test(error.message)) {
    return badUpload('The form could not be read to its end; send it again.', { cause: error });
  }
  return error;
}
