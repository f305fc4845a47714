import Type from 'typebox';
import { needs, open } from '../../kernel/auth/access.ts';
import { may } from '../../kernel/auth/actor.ts';
import type { App } from '../../kernel/http/app.ts';
import { forbidden } from '../../kernel/http/problem.ts';
import { pageMembers, pageOf } from '../../kernel/http/schemas.ts';
import { isId } from '../../kernel/id.ts';
import { changeRecording } from './change-recording.ts';
import { recordingNotFound } from './errors.ts';
import { cancelExtraction } from './extraction/cancel-extraction.ts';
import { originOf } from './extraction/request-origin.ts';
import { retryExtraction } from './extraction/retry-extraction.ts';
import { removeForGood, trashRecording } from './keeping/trash-recording.ts';
import type { MediaContext } from './media-context.ts';
import { mayRead, maySeeAll } from './policy.ts';
import { presentRecording } from './present.ts';
import { listWithRenditions, withRenditions } from './read-recordings.ts';
import { findRecording } from './recording-repo.ts';
import {
  ChangeBody,
  RecordingListQuery,
  RecordingPage,
  RecordingParams,
  RecordingRef,
  RemoveQuery,
} from './schemas.ts';

const tags = ['Recordings'];

/** Lists, shows, changes and removes recordings, and steers their work. */
export function registerRecordingRoutes(app: App, context: MediaContext): void {
  const { db } = context.kernel;

  app.get(
    '/api/recordings',
    {
      config: {
        access: open('without media.read the list holds public, ready recordings only'),
        budget: 'api',
      },
      schema: {
        tags,
        operationId: 'listRecordings',
        summary: 'List recordings',
        description: 'Newest first. Readers from outside see what is public and ready.',
        querystring: RecordingListQuery,
        response: { 200: RecordingPage },
      },
    },
    async ({ actor, query }) => {
      const { page, perPage, window } = pageOf(query);
      const { status, q } = query;
      const isInsider = maySeeAll(actor);
      const { items, total } = await listWithRenditions(db, actor.organisationId, {
        status,
        q: q ?? '',
        publicOnly: !isInsider,
        ...window,
      });
      const recordings = items.map(({ recording, parts }) => presentRecording(recording, parts, isInsider));
      return { recordings, ...pageMembers(page, perPage, total) };
    },
  );

  app.get(
    '/api/recordings/:id',
    {
      config: {
        access: open('hidden unless public, unlisted, or the actor holds media.read'),
        budget: 'api',
      },
      schema: {
        tags,
        operationId: 'showRecording',
        summary: 'Show a recording',
        description: 'With its state, its progress and its renditions.',
        params: RecordingParams,
        response: { 200: RecordingRef },
      },
    },
    async ({ actor, params }) => {
      const recording = await findRecording(db.kysely, actor.organisationId, pathId(params));
      if (!recording || !mayRead(actor, recording)) throw recordingNotFound();
      return withRenditions(db, recording, maySeeAll(actor));
    },
  );

  app.patch(
    '/api/recordings/:id',
    {
      config: { access: needs('media.write'), budget: 'api' },
      schema: {
        tags,
        operationId: 'changeRecording',
        summary: 'Change a recording',
        description: 'Title, language, visibility; absent members stay as they are.',
        params: RecordingParams,
        body: ChangeBody,
        response: { 200: RecordingRef },
      },
    },
    async ({ actor, params, body }) => {
      const recording = await changeRecording(context, actor.organisationId, pathId(params), body);
      return withRenditions(db, recording, true);
    },
  );

  app.delete(
    '/api/recordings/:id',
    {
      config: { access: needs('media.delete'), budget: 'api' },
      schema: {
        tags,
        operationId: 'removeRecording',
        summary: 'Remove a recording',
        description:
          'Into the trash, from where `POST …/restore` brings it back for TRASH_DAYS. 409 while something, such as a débat, uses it.',
        params: RecordingParams,
        querystring: RemoveQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { organisationId, personId } = request.actor;
      const id = pathId(request.params);
      const { permanently = false } = request.query;
      if (permanently && !may(request.actor, 'media.purge')) {
        throw forbidden('Removing for good needs the permission media.purge; without it, use the trash.');
      }
      const remove = permanently ? removeForGood : trashRecording;
      const remover = { organisationId, personId, origin: originOf(request) };
      await db.transaction((tx) => remove(tx, context, remover, id));
      return reply.code(204).send(null);
    },
  );

  registerWorkRoutes(app, context);
}

function registerWorkRoutes(app: App, context: MediaContext): void {
  const { db } = context.kernel;

  app.post(
    '/api/recordings/:id/retry',
    {
      config: { access: needs('media.write'), budget: 'api' },
      schema: {
        tags,
        operationId: 'retryRecording',
        summary: 'Start failed or cancelled work again',
        description: 'It goes on at the stage it had reached.',
        params: RecordingParams,
        response: { 202: RecordingRef },
      },
    },
    async ({ actor, params }, reply) => {
      const id = pathId(params);
      const recording = await db.transaction((tx) => retryExtraction(tx, context, actor.organisationId, id));
      return reply.code(202).send(await withRenditions(db, recording, true));
    },
  );

  app.post(
    '/api/recordings/:id/cancel',
    {
      config: { access: needs('media.write'), budget: 'api' },
      schema: {
        tags,
        operationId: 'cancelRecording',
        summary: 'Cancel work that waits or runs',
        description: 'The recording ends in error with the code media.cancelled and may be retried.',
        params: RecordingParams,
        response: { 200: RecordingRef },
      },
    },
    async ({ actor, params }) => {
      const id = pathId(params);
      const recording = await db.transaction((tx) => cancelExtraction(tx, context, actor.organisationId, id));
      return withRenditions(db, recording, true);
    },
  );
}

/** A malformed id names nothing: 404 before it reaches SQL. */
export function pathId({ id }: { id: string }): string {
  if (!isId(id)) throw recordingNotFound();
  return id;
}
