import Type from 'typebox';
import { open } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import type { MediaContext } from '../media-context.ts';
import { RecordingParams } from '../schemas.ts';
import { listSimilar } from './list-similar.ts';

const MS = 1_000;
const SimilarReply = Type.Object({
  state: Type.Enum(['compared', 'waiting'], {
    description: '`waiting` while the sound has not been listened to yet, or can’t be here',
  }),
  similar: Type.Array(
    Type.Object({
      recording_id: Type.String({ format: 'uuid' }),
      title: Type.String(),
      similarity: Type.Number({ description: '1: the same sound; 0.35 and less is not told' }),
      offset_seconds: Type.Number({ description: 'Where the beginning of this one lies in the other' }),
      common_seconds: Type.Number({ description: 'How long both go on together, of the first 20 minutes' }),
      duration_seconds: Type.Number(),
      created_at: Type.String({ format: 'date-time' }),
    }),
  ),
});

/** Recordings that sound alike. */
export function registerSimilarRoutes(app: App, context: MediaContext): void {
  app.get(
    '/api/recordings/:id/similar',
    {
      config: { access: open('hidden unless public, unlisted, or the actor holds media.read') },
      schema: {
        tags: ['Sound'],
        operationId: 'listSimilar',
        summary: 'Recordings that sound alike',
        description:
          'The same sound in another format, rate or loudness, or cut; by acoustic fingerprints of the first twenty minutes. The most alike first, 20 at most.',
        params: RecordingParams,
        response: { 200: SimilarReply },
      },
    },
    async ({ actor, params }) => {
      const similar = await listSimilar(context, actor, params.id);
      return {
        state: similar === null ? ('waiting' as const) : ('compared' as const),
        similar: (similar ?? []).map((one) => ({
          recording_id: one.id,
          title: one.title,
          similarity: one.similarity,
          offset_seconds: one.offsetMs / MS,
          common_seconds: one.commonMs / MS,
          duration_seconds: one.durationMs / MS,
          created_at: one.createdAt.toISOString(),
        })),
      };
    },
  );
}
