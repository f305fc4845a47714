import type { App } from '../../kernel/http/app.ts';
import type { BlockReader } from '../../kernel/http/block-reader.ts';
import type { SocketDialect } from '../../kernel/http/socket-hub.ts';
import {
  AudioMetadataSchema,
  LoudnessSchema,
  SilencesSchema,
  SpectrumSchema,
} from './analysis/analysis-schemas.ts';
import { registerAnalysisRoutes } from './analysis/routes-analysis.ts';
import { registerChapterRoutes } from './analysis/routes-chapters.ts';
import { registerStorageRoutes } from './keeping/routes-storage.ts';
import { registerTrashRoutes } from './keeping/routes-trash.ts';
import type { MediaContext } from './media-context.ts';
import { registerPlayerRoutes } from './player/routes-player.ts';
import { registerCompressionRoutes } from './renditions/routes-compression.ts';
import { registerRenditionRoutes } from './renditions/routes-renditions.ts';
import { registerRecordingRoutes } from './routes-recordings.ts';
import { ChaptersSchema, RecordingSchema, WaveformSchema } from './schemas.ts';
import type { AccessLog } from './signing/access-log.ts';
import { registerSigningKeyRoutes } from './signing/routes-signing-keys.ts';
import { registerSimilarRoutes } from './similar/routes-similar.ts';
import type { Hls } from './streaming/open-hls.ts';
import { registerAudioRoutes } from './streaming/routes-audio.ts';
import { registerAudioFileRoutes } from './streaming/routes-audio-files.ts';
import { registerHlsRoutes } from './streaming/routes-hls.ts';
import { registerStreamRoutes } from './streaming/routes-stream.ts';
import { registerStreamingRoutes } from './streaming/routes-streaming.ts';
import { UploadSchema } from './uploads/resumable-schemas.ts';
import { registerResumableRoutes } from './uploads/routes-resumable.ts';
import { registerUploadRoutes } from './uploads/routes-upload.ts';

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
