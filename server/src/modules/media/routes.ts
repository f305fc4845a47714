import type { App } from '../../kernel/http/app.ts';
import type { BlockReader } from '../../kernel/http/block-reader.ts';
import type { SocketDialect } from '../../kernel/http/socket-hub.ts';
import type { AccessLog } from './access-log.ts';
import { AudioMetadataSchema, LoudnessSchema, SilencesSchema, SpectrumSchema } from './analysis-schemas.ts';
import type { MediaContext } from './media-context.ts';
import type { Hls } from './open-hls.ts';
import { UploadSchema } from './resumable-schemas.ts';
import { registerAnalysisRoutes } from './routes-analysis.ts';
import { registerAudioRoutes } from './routes-audio.ts';
import { registerAudioFileRoutes } from './routes-audio-files.ts';
import { registerChapterRoutes } from './routes-chapters.ts';
import { registerCompressionRoutes } from './routes-compression.ts';
import { registerHlsRoutes } from './routes-hls.ts';
import { registerPlayerRoutes } from './routes-player.ts';
import { registerRecordingRoutes } from './routes-recordings.ts';
import { registerRenditionRoutes } from './routes-renditions.ts';
import { registerResumableRoutes } from './routes-resumable.ts';
import { registerSigningKeyRoutes } from './routes-signing-keys.ts';
import { registerStorageRoutes } from './routes-storage.ts';
import { registerStreamRoutes } from './routes-stream.ts';
import { registerStreamingRoutes } from './routes-streaming.ts';
import { registerTrashRoutes } from './routes-trash.ts';
import { registerUploadRoutes } from './routes-upload.ts';
import { ChaptersSchema, RecordingSchema, WaveformSchema } from './schemas.ts';
import { registerSimilarRoutes } from './similar/routes-similar.ts';

/** What the routes of bytes share in a process. */
interface Senders {
  blocks: BlockReader;
  hls: Hls;
  accesses: AccessLog;
  players: SocketDialect;
}

/** Everything below /api/recordings, /api/audio, /hls and /stream, and the keys that open the latter. */
export function mediaRoutes(
  app: App,
  context: MediaContext,
  { blocks, hls, accesses, players }: Senders,
): void {
  app.addSchema(RecordingSchema);
  for (const schema of [
    WaveformSchema,
    ChaptersSchema,
    UploadSchema,
    LoudnessSchema,
    SilencesSchema,
    SpectrumSchema,
    AudioMetadataSchema,
  ]) {
    app.addSchema(schema);
  }
  registerUploadRoutes(app, context);
  registerResumableRoutes(app, context);
  registerRecordingRoutes(app, context);
  registerTrashRoutes(app, context);
  registerRenditionRoutes(app, context);
  registerCompressionRoutes(app, context);
  registerStreamingRoutes(app, hls);
  registerPlayerRoutes(app, context.kernel.sockets, context.accounts.authenticator, players);
  registerAudioRoutes(app, context, blocks);
  registerAnalysisRoutes(app, context, blocks);
  registerChapterRoutes(app, context);
  registerSimilarRoutes(app, context);
  registerAudioFileRoutes(app, context);
  registerHlsRoutes(app, hls, blocks);
  registerStreamRoutes(app, context, { accesses, blocks });
  registerSigningKeyRoutes(app, context);
  registerStorageRoutes(app, context);
}
