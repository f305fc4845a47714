import path from 'node:path';
import { contentDisposition } from '../../../kernel/http/disposition.ts';
import type { FileReply } from '../../../kernel/http/reply-with-file.ts';
import { accelUri, type FileToSend } from '../../../kernel/http/send-file.ts';
import type { MediaContext } from '../media-context.ts';

/** Long enough for a player's seeks; short, since what is public may become private. */
const FRESH_SECONDS = 300;

/**
 * How a stored file is sent: from a disk by nginx when X_ACCEL_PREFIX is set, from a bucket by the bucket itself when
 * S3_REDIRECT is, else by us. Shared caches keep public sound only.
 */
export function toFileReply(
  { kernel }: MediaContext,
  file: FileToSend,
  options: { isPublic: boolean; downloadAs?: string | undefined },
): FileReply {
  const { path: place, sizeBytes, modifiedAt, etag, mimeType } = file;
  return {
    file: { path: place, sizeBytes, modifiedAt, etag, mimeType },
    cacheControl: cacheControl(options),
    ...(options.downloadAs === undefined
      ? {}
      : { disposition: { type: 'attachment' as const, filename: options.downloadAs } }),
    ...sentByOthers(kernel.config, file, options),
  };
}

/** Who sends the bytes in our place, if anyone: whoever is nearer to them. */
function sentByOthers(
  { xAccelPrefix, dataDir, s3 }: MediaContext['kernel']['config'],
  { path: place, mimeType }: FileToSend,
  { isPublic, downloadAs }: { isPublic: boolean; downloadAs?: string | undefined },
): Pick<FileReply, 'redirectTo'> & { accelUri?: string } {
  if (typeof place === 'string') {
    return xAccelPrefix === null ? {} : { accelUri: accelUri(xAccelPrefix, path.relative(dataDir, place)) };
  }
  if (!s3?.redirect) return {};
  const disposition = downloadAs === undefined ? undefined : contentDisposition('attachment', downloadAs);
  const presign = () =>
    place.presign({ contentType: mimeType, disposition, cacheControl: cacheControl({ isPublic }) });
  return { redirectTo: presign };
}

/** Shared caches may keep public sound; what needs a right stays with its reader. */
export function cacheControl({ isPublic }: { isPublic: boolean }): string {
  return `${isPublic ? 'public' : 'private'}, max-age=${FRESH_SECONDS}`;
}
