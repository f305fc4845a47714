import type { App } from '../../kernel/http/app.ts';
import type { BlockReader } from '../../kernel/http/block-reader.ts';
import type { MediaContext } from './media-context.ts';
import type { Hls } from './open-hls.ts';
import { registerAudioRoutes } from './routes-audio.ts';
import { registerHlsRoutes } from './routes-hls.ts';
import { registerRecordingRoutes } from './routes-recordings.ts';
import { registerUploadRoutes } from './routes-upload.ts';
import { RecordingSchema, WaveformSchema } from './schemas.ts';

/** Everything below /api/recordings and /hls. */
export function mediaRoutes(app: App, context: MediaContext, blocks: BlockReader, hls: Hls): void {
  app.addSchema(RecordingSchema);
  app.addSchema(WaveformSchema);
  registerUploadRoutes(app, context);
  registerRecordingRoutes(app, context);
  registerAudioRoutes(app, context, blocks);
  registerHlsRoutes(app, hls, blocks);
}
