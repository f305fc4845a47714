import { needs } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import { asFormProblem, formParts } from '../../../kernel/http/form-parts.ts';
import { badUpload, notMultipart } from '../errors.ts';
import { requestExtraction } from '../extraction/request-extraction.ts';
import type { MediaContext } from '../media-context.ts';
import { withRenditions } from '../read-recordings.ts';
import { ImportBody, ImportReply, RecordingRef, UploadForm } from '../schemas.ts';
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
      const expectedBytes = Number(request.headers['content-length'] ?? 0) || 0;
      const recording = await uploadRecording(
        context,
        request.actor,
        formParts(request, badUpload),
        expectedBytes,
      ).catch((error: unknown) => {
        throw asFormProblem(error, badUpload);
      });
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
