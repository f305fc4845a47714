import { needs } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { EnginesReply } from './schemas.ts';
import type { TranscriptionContext } from './transcription-context.ts';

/** `/api/transcription-engines`: what can be asked for here. */
export function engineRoutes(app: App, context: TranscriptionContext): void {
  app.get(
    '/api/transcription-engines',
    {
      config: { access: needs('transcription.read') },
      schema: {
        tags: ['Transcriptions'],
        operationId: 'listTranscriptionEngines',
        summary: 'List the speech engines',
        description: 'With their languages, and why one is not available on this machine.',
        response: { 200: EnginesReply },
      },
    },
    async () => {
      const { auto, language } = context.kernel.config.transcription;
      const { list } = await context.engines();
      return {
        engines: list.map(({ name, languages, available, reason }) => ({
          name,
          languages: languages === 'any' ? ('any' as const) : [...languages],
          available,
          reason,
        })),
        auto,
        default_language: language,
      };
    },
  );
}
