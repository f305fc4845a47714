import type { App } from '../../kernel/http/app.ts';
import type { BlockReader } from '../../kernel/http/block-reader.ts';
import type { AccessLog } from './access-log.ts';
import type { MediaContext } from './media-context.ts';
import type { Hls } from './open-hls.ts';
import { registerAudioRoutes } from './routes-audio.ts';
import { registerHlsRoutes } from './routes-hls.ts';
import { registerRecordingRoutes } from './routes-recordings.ts';
import { registerSigningKeyRoutes } from './routes-signing-keys.ts';
import { registerStreamRoutes } from './routes-stream.ts';
import { registerUploadRoutes } from './routes-upload.ts';
import { RecordingSchema, WaveformSchema } from './schemas.ts';

/** What the routes of bytes share in a process. */
interface Senders {
  blocks: BlockReader;
  hls: Hls;
  accesses: AccessLog;
}

/** Everything below /api/recordings, /hls and /stream, and the keys that open the latter. */
export function mediaRoutes(app: App, context: MediaContext, { blocks, hls, accesses }: Senders): void {
  app.addSchema(RecordingSchema);
  app.addSchema(WaveformSchema);
  registerUploadRoutes(app, context);
  registerRecordingRoutes(app, context);
  registerAudioRoutes(app, context, blocks);
  registerHlsRoutes(app, hls, blocks);
  registerStreamRoutes(app, context, { accesses, blocks });
  registerSigningKeyRoutes(app, context);
}
