import { needs } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { pageMembers } from '../../kernel/http/schemas.ts';
import { isId } from '../../kernel/id.ts';
import { transcriptionNotFound } from './errors.ts';
import { countByStatus, pageOfTranscriptions, showTranscription } from './read-transcriptions.ts';
import { removeTranscription } from './remove-transcription.ts';
import {
  CountQuery,
  Counts,
  IdParams,
  ListQuery,
  Removed,
  TranscriptionPage,
  TranscriptionRef,
} from './schemas.ts';
import type { TranscriptionContext } from './transcription-context.ts';

const tags = ['Transcriptions'];
const PER_PAGE = 25;

/** Lists, counts, shows and removes transcriptions. */
export function transcriptionRoutes(app: App, context: TranscriptionContext): void {
  const { db } = context.kernel;
  const access = needs('transcription.read');

  app.get(
    '/api/transcriptions',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'listTranscriptions',
        summary: 'List transcriptions',
        description: 'Newest first, without their texts.',
        querystring: ListQuery,
        response: { 200: TranscriptionPage },
      },
    },
    async ({ actor, query }) => {
      const { page = 1, limit = PER_PAGE, ...filter } = query;
      const window = { limit, offset: (page - 1) * limit };
      const { transcriptions, total } = await pageOfTranscriptions(db, actor.organisationId, filter, window);
      return { transcriptions, ...pageMembers(page, limit, total) };
    },
  );

  app.get(
    '/api/transcriptions/count',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'countTranscriptions',
        summary: 'Count transcriptions by state',
        description: 'Of those that match the filter; `total_global` counts all.',
        querystring: CountQuery,
        response: { 200: Counts },
      },
    },
    ({ actor, query }) => countByStatus(db, actor.organisationId, query),
  );

  app.get(
    '/api/transcriptions/:id',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'showTranscription',
        summary: 'Show a transcription',
        description: 'With its state, its progress and the text so far.',
        params: IdParams,
        response: { 200: TranscriptionRef },
      },
    },
    ({ actor, params }) => showTranscription(db, actor.organisationId, pathId(params)),
  );

  app.delete(
    '/api/transcriptions/:id',
    {
      config: { access: needs('transcription.delete') },
      schema: {
        tags,
        operationId: 'removeTranscription',
        summary: 'Remove a transcription',
        description:
          'With its text, and its work when there is some. When readers saw it, they see the latest one before it.',
        params: IdParams,
        response: { 200: Removed },
      },
    },
    async ({ actor, params }) => {
      const id = pathId(params);
      await removeTranscription(context, actor.organisationId, id);
      return { status: 'deleted' as const, id };
    },
  );
}

/** A malformed id names nothing: 404 before it reaches SQL. */
export function pathId({ id }: { id: string }): string {
  if (!isId(id)) throw transcriptionNotFound();
  return id;
}
