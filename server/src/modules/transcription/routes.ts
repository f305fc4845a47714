import type { App } from '../../kernel/http/app.ts';
import { engineRoutes } from './routes-engines.ts';
import { transcriptRoutes } from './routes-transcript.ts';
import { transcriptionRoutes as listRoutes } from './routes-transcriptions.ts';
import { workRoutes } from './routes-work.ts';
import { TranscriptionSchema, TranscriptSchema } from './schemas.ts';
import type { TranscriptionContext } from './transcription-context.ts';

/** Everything of transcription over HTTP. */
export function transcriptionRoutes(app: App, context: TranscriptionContext): void {
  for (const schema of [TranscriptionSchema, TranscriptSchema]) app.addSchema(schema);
  listRoutes(app, context);
  workRoutes(app, context);
  transcriptRoutes(app, context);
  engineRoutes(app, context);
}
