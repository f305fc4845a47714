import Type from 'typebox';
import { open } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import type { MediaContext } from '../media-context.ts';
import { RecordingParams, SignedQuery } from '../schemas.ts';
import { cacheControl } from '../streaming/file-reply.ts';
import { readChapters } from './read-chapters.ts';

/** The chapters of a recording. */
export function registerChapterRoutes(app: App, context: MediaContext): void {
  app.get(
    '/api/recordings/:id/chapters',
    {
      config: {
        access: open('public, unlisted, media.read, or a signed address: open-for-reader.ts'),
        budget: 'sound',
      },
      schema: {
        tags: ['Sound'],
        operationId: 'listChapters',
        summary: 'Chapters',
        description:
          'In order, from the feed or site that the sound came from, else from the file itself (ID3, MP4, Matroska, Ogg). An empty list when there are none.',
        params: RecordingParams,
        querystring: SignedQuery,
        response: { 200: Type.Ref('Chapters') },
      },
    },
    async ({ actor, params, query }, reply) => {
      const { chapters, isPublic } = await readChapters(context, actor, params.id, query);
      return reply.header('cache-control', cacheControl({ isPublic })).send(chapters);
    },
  );
}
