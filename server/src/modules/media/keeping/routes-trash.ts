import { needs } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import { pageMembers, pageOf } from '../../../kernel/http/schemas.ts';
import { isId } from '../../../kernel/id.ts';
import { recordingNotFound } from '../errors.ts';
import { originOf } from '../extraction/request-origin.ts';
import type { MediaContext } from '../media-context.ts';
import { presentRecording } from '../present.ts';
import { partsOf, withRenditions } from '../read-recordings.ts';
import { RecordingParams, RecordingRef, TrashPage, TrashQuery } from '../schemas.ts';
import { restoreRecording } from './trash-recording.ts';
import { listTrash } from './trash-repo.ts';

const tags = ['Recordings'];
const DAY_MS = 86_400_000;

/** What was removed and can be brought back. */
export function registerTrashRoutes(app: App, context: MediaContext): void {
  const { db, config } = context.kernel;

  app.get(
    '/api/recordings/trash',
    {
      config: { access: needs('media.delete'), budget: 'api' },
      schema: {
        tags,
        operationId: 'listTrash',
        summary: 'List the trash',
        description:
          'What was removed last comes first. `gone_at` says when it cannot be brought back any more.',
        querystring: TrashQuery,
        response: { 200: TrashPage },
      },
    },
    async ({ actor, query }) => {
      const { page, perPage, window } = pageOf(query);
      const { recordings, total } = await listTrash(db.kysely, actor.organisationId, window);
      const parts = await partsOf(db, actor.organisationId, recordings, true);
      const items = recordings.map((recording) => ({
        ...presentRecording(recording, parts(recording.id), true),
        trashed_at: recording.trashedAt.toISOString(),
        gone_at: new Date(recording.trashedAt.getTime() + config.trashDays * DAY_MS).toISOString(),
      }));
      return { recordings: items, ...pageMembers(page, perPage, total) };
    },
  );

  app.post(
    '/api/recordings/:id/restore',
    {
      config: { access: needs('media.delete'), budget: 'api' },
      schema: {
        tags,
        operationId: 'restoreRecording',
        summary: 'Bring a recording back from the trash',
        description: 'With its sound, its transcript and its place in the search; unfinished work goes on.',
        params: RecordingParams,
        response: { 200: RecordingRef },
      },
    },
    async (request) => {
      const { organisationId, personId } = request.actor;
      const { id } = request.params;
      if (!isId(id)) throw recordingNotFound();
      const remover = { organisationId, personId, origin: originOf(request) };
      const recording = await db.transaction((tx) => restoreRecording(tx, context, remover, id));
      return withRenditions(db, recording, true);
    },
  );
}
