import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { CommittedFile } from './storage.ts';

/** Where an upload goes. */
export interface UploadTarget {
  client: S3Client;
  bucket: string;
  /** Name of the metadata that keeps our hash. */
  hashName: string;
  partBytes?: number | undefined;
}

const PART_BYTES = 16 * 1024 * 1024;
/** S3 takes 10,000 parts: larger files get larger parts. */
const MOST_PARTS = 9_000;
/** Parts in memory and on the way at once. */
const AT_ONCE = 2;

/**
 * Puts a local file under its key: in one request, or in parts that the store joins at the end. Each carries an MD5 that
 * the store checks. Nothing is visible before the end, and a failure aborts what was begun.
 */
export async function uploadToS3(
  target: UploadTarget,
  path: string,
  { key, sizeBytes, sha256 }: CommittedFile,
  signal?: AbortSignal,
): Promise<void> {
  const file = await open(path, 'r');
  try {
    const partBytes = Math.max(target.partBytes ?? PART_BYTES, Math.ceil(sizeBytes / MOST_PARTS));
    const object = { Bucket: target.bucket, Key: key };
    const described = { ...object, Metadata: { [target.hashName]: sha256 } };
    if (sizeBytes > partBytes) {
      await uploadParts(target, file, { object, described, sizeBytes, partBytes, signal });
      return;
    }
    const bytes = await readPart(file, 0, sizeBytes);
    await target.client.send(
      new PutObjectCommand({ ...described, Body: bytes, ContentMD5: md5(bytes) }),
      options(signal),
    );
  } finally {
    await file.close();
  }
}

interface Plan {
  object: { Bucket: string; Key: string };
  described: { Bucket: string; Key: string; Metadata: Record<string, string> };
  sizeBytes: number;
  partBytes: number;
  signal: AbortSignal | undefined;
}

async function uploadParts({ client }: UploadTarget, file: FileHandle, plan: Plan): Promise<void> {
  const { object, described, signal } = plan;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(described), options(signal));
  const upload = { ...object, UploadId };
  try {
    const parts = await sendParts(client, file, upload, plan);
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }),
      options(signal),
    );
  } catch (error) {
    // Not under the signal, which may be why we are here; what a crash leaves is swept.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

async function sendParts(
  client: S3Client,
  file: FileHandle,
  upload: { Bucket: string; Key: string; UploadId: string | undefined },
  { sizeBytes, partBytes, signal }: Plan,
): Promise<CompletedPart[]> {
  const count = Math.ceil(sizeBytes / partBytes);
  const parts: CompletedPart[] = [];
  let next = 0;
  const sendNext = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const bytes = await readPart(
        file,
        index * partBytes,
        Math.min(partBytes, sizeBytes - index * partBytes),
      );
      const PartNumber = index + 1;
      const part = { ...upload, PartNumber, Body: bytes, ContentMD5: md5(bytes) };
      const { ETag } = await client
        .send(new UploadPartCommand(part), options(signal))
        .catch((error: unknown) => {
          // The others stop after the part that they are at.
          next = count;
          throw error;
        });
      parts[index] = { PartNumber, ETag };
    }
  };
  // All are waited for, so that no part arrives after the abort.
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, sendNext));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return parts;
}

async function readPart(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length) throw new Error('the file became shorter while it was sent');
  return bytes;
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('base64');

const options = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});
