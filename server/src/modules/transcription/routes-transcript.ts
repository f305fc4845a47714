import Type from 'typebox';
import { needs, open } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { asFormProblem, formParts } from '../../kernel/http/form-parts.ts';
import { gzipText } from '../../kernel/http/gzip.ts';
import { checkPreconditions } from '../../kernel/http/preconditions.ts';
import { signedInActor } from '../../kernel/http/signed-in.ts';
import { isId } from '../../kernel/id.ts';
import { badForm, notMultipart, recordingNotFound } from './errors.ts';
import { importTranscript } from './import-transcript.ts';
import { readImportForm } from './read-import-form.ts';
import { openTranscript, readTranscript } from './read-transcript.ts';
import { IdParams, ImportForm } from './schemas.ts';
import type { TranscriptionContext } from './transcription-context.ts';

const tags = ['Transcriptions'];
const TranscriptRef = Type.Ref('Transcript');

/** `/api/recordings/{id}/transcript`: what readers see, and what people bring. */
export function transcriptRoutes(app: App, context: TranscriptionContext): void {
  app.get(
    '/api/recordings/:id/transcript',
    {
      config: { access: open('as readable as the recording: public, unlisted, or media.read') },
      onSend: gzipText,
      schema: {
        tags,
        operationId: 'showTranscript',
        summary: 'Show a recording’s transcript',
        description: 'Who may hear the recording may read it. 404 `transcription.no-transcript` without one.',
        params: IdParams,
        response: { 200: TranscriptRef, 304: Type.Null() },
      },
    },
    async (request, reply) => {
      const { actor, params } = request;
      const facts = await openTranscript(context, actor, params.id);
      // Weak: the same text may be sent with and without gzip.
      const etag = `W/"${facts.transcriptionId}-${facts.version}"`;
      reply.headers({ etag, 'cache-control': 'private, no-cache' });
      const answer = checkPreconditions(request.method, request.headers, {
        etag,
        modifiedAt: facts.updatedAt,
      });
      if (answer === 'not-modified') return reply.code(304).send(null);
      return readTranscript(context, actor.organisationId, facts);
    },
  );

  app.post(
    '/api/recordings/:id/transcript',
    {
      config: { access: needs('transcription.request') },
      // The form is a stream: its schema is for the documentation, its fields are checked by hand.
      validatorCompiler: () => () => true,
      schema: {
        tags,
        operationId: 'importTranscript',
        summary: 'Import a transcript',
        description:
          'SRT, WebVTT or Podcasting 2.0 JSON, up to 20 MB. It becomes the recording’s transcript; those before it ' +
          'stay among its transcriptions.',
        consumes: ['multipart/form-data'],
        params: IdParams,
        body: ImportForm,
        response: { 201: TranscriptRef },
      },
    },
    async (request, reply) => {
      const actor = signedInActor(request);
      const { id } = request.params;
      const recording = isId(id)
        ? await context.media.getRecording(context.kernel.db.kysely, actor.organisationId, id)
        : null;
      if (!recording) throw recordingNotFound();
      if (!request.isMultipart()) {
        throw notMultipart('Send the file as multipart/form-data, in the field `file`.');
      }
      const { file, language } = await readImportForm(formParts(request, badForm)).catch((error: unknown) => {
        throw asFormProblem(error, badForm);
      });
      await importTranscript(context, actor, id, file, language);
      const facts = await openTranscript(context, actor, id);
      return reply
        .code(201)
        .header('location', `/api/recordings/${id}/transcript`)
        .send(await readTranscript(context, actor.organisationId, facts));
    },
  );
}
