import { needs } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { asFormProblem, formParts } from '../../kernel/http/form-parts.ts';
import { signedInActor } from '../../kernel/http/signed-in.ts';
import { bodyReader } from '../../kernel/http/validation.ts';
import { cancelTranscription } from './cancel-transcription.ts';
import { badForm } from './errors.ts';
import { showTranscription } from './read-transcriptions.ts';
import { requestTranscription } from './request-transcription.ts';
import { requestUpload, wishOf } from './request-upload.ts';
import { retryTranscription } from './retry-transcription.ts';
import { pathId } from './routes-transcriptions.ts';
import { IdParams, RequestBody, RequestForm, TranscriptionRef } from './schemas.ts';
import type { TranscriptionContext } from './transcription-context.ts';

const tags = ['Transcriptions'];
const access = needs('transcription.request');
const readBody = bodyReader(RequestBody);

/** Asks for transcriptions and steers their work. */
export function workRoutes(app: App, context: TranscriptionContext): void {
  requestRoute(app, context);
  const { db } = context.kernel;

  app.post(
    '/api/transcriptions/:id/cancel',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'cancelTranscription',
        summary: 'Cancel work that waits or runs',
        description: 'It ends in error with the code transcription.cancelled; what was recognised stays.',
        params: IdParams,
        response: { 200: TranscriptionRef },
      },
    },
    async ({ actor, params }) => {
      const id = pathId(params);
      await cancelTranscription(context, actor.organisationId, id);
      return showTranscription(db, actor.organisationId, id);
    },
  );

  app.post(
    '/api/transcriptions/:id/retry',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'retryTranscription',
        summary: 'Start failed or cancelled work again',
        description: 'It goes on at the first stretch that is not done.',
        params: IdParams,
        response: { 202: TranscriptionRef },
      },
    },
    async ({ actor, params }, reply) => {
      const id = pathId(params);
      await retryTranscription(context, actor.organisationId, id);
      return reply.code(202).send(await showTranscription(db, actor.organisationId, id));
    },
  );
}

function requestRoute(app: App, context: TranscriptionContext): void {
  app.post(
    '/api/transcriptions',
    {
      config: { access },
      // A form is a stream and JSON is not: each is read and checked in the handler.
      validatorCompiler: () => () => true,
      schema: {
        tags,
        operationId: 'requestTranscription',
        summary: 'Ask for a transcription',
        description:
          'Of a recording that is there (JSON), or of a file (multipart), which becomes a recording like any upload. ' +
          'Status `queued`, or `pending` while the sound of the recording is not known. 422 ' +
          '`transcription.no-engine` says how to get an engine for the language.',
        body: {
          content: {
            'application/json': { schema: RequestBody },
            'multipart/form-data': { schema: RequestForm },
          },
        },
        response: { 201: TranscriptionRef },
      },
    },
    async (request, reply) => {
      const { organisationId, personId } = signedInActor(request);
      const asker = { organisationId, personId };
      const { id } = request.isMultipart()
        ? await requestUpload(
            context,
            asker,
            formParts(request, badForm),
            Number(request.headers['content-length'] ?? 0) || 0,
          ).catch((error: unknown) => {
            throw asFormProblem(error, badForm);
          })
        : await requestOfRecording(context, asker, request.body);
      return reply
        .code(201)
        .header('location', `/api/transcriptions/${id}`)
        .send(await showTranscription(context.kernel.db, organisationId, id));
    },
  );
}

function requestOfRecording(
  context: TranscriptionContext,
  asker: { organisationId: string; personId: string },
  body: unknown,
) {
  const { recording_id: recordingId, ...fields } = readBody(body ?? {});
  return requestTranscription(context, asker, recordingId, wishOf(fields));
}
