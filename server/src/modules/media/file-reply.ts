import path from 'node:path';
import type { FileReply } from '../../kernel/http/reply-with-file.ts';
import { accelUri, type FileToSend } from '../../kernel/http/send-file.ts';
import type { MediaContext } from './media-context.ts';

/** Long enough for a player's seeks; short, since what is public may become private. */
const FRESH_SECONDS = 300;

/** How a stored file is sent: by nginx when X_ACCEL_PREFIX is set, else by us; shared caches keep public sound only. */
export function toFileReply(
  { kernel }: MediaContext,
  file: FileToSend,
  options: { isPublic: boolean; downloadAs?: string | undefined },
): FileReply {
  const { xAccelPrefix, dataDir } = kernel.config;
  const { path: filePath, sizeBytes, modifiedAt, etag, mimeType } = file;
  return {
    file: { path: filePath, sizeBytes, modifiedAt, etag, mimeType },
    cacheControl: cacheControl(options),
    ...(options.downloadAs === undefined
      ? {}
      : { disposition: { type: 'attachment' as const, filename: options.downloadAs } }),
    ...(xAccelPrefix === null ? {} : { accelUri: accelUri(xAccelPrefix, path.relative(dataDir, filePath)) }),
  };
}

/** Shared caches may keep public sound; what needs a right stays with its reader. */
export function cacheControl({ isPublic }: { isPublic: boolean }): string {
  return `${isPublic ? 'public' : 'private'}, max-age=${FRESH_SECONDS}`;
}
