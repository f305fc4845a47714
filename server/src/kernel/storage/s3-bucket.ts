import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Config } from '../config/config.ts';
import type { Bucket, ObjectBytes, UnendedUpload } from './bucket.ts';
import { StorageAwayError } from './errors.ts';
import { presignGet } from './presign.ts';
import { asAway, isMissing, isNotImplemented } from './s3-errors.ts';
import { uploadToS3 } from './s3-upload.ts';
import type { PresignedReply, StoredFile } from './storage.ts';

const CONNECT_MS = 3_000;
/** Without a byte in either direction. */
const SILENCE_MS = 20_000;
const TRIES = 4;
/** Long enough for a player to begin, seek and end a programme on one address; short, since nothing takes it back. */
const PRESIGNED_SECONDS = 900;
/** Where our hash of the bytes is kept beside them. */
const HASH = 'sha256';

/** The bucket of the settings, by Amazon's own client. Addresses have the bucket in their path unless it is Amazon's. */
export function openS3Bucket(
  settings: NonNullable<Config['s3']>,
  limits: { partBytes?: number } = {},
): Bucket {
  const { bucket, region, endpoint, accessKeyId, secretAccessKey } = settings;
  const isPathStyle = endpoint !== null;
  const client = new S3Client({
    region,
    credentials: { accessKeyId, secretAccessKey },
    ...(endpoint === null ? {} : { endpoint }),
    forcePathStyle: isPathStyle,
    maxAttempts: TRIES,
    // Many servers of this protocol know no trailing checksums; parts carry an MD5 that all of them check.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      httpAgent: { maxSockets: 64 },
      httpsAgent: { maxSockets: 64 },
    },
  });
  const address = new URL(endpoint ?? `https://${bucket}.s3.${region}.amazonaws.com`);
  const options = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});

  /** Null for an object that is not there; what the store fails to do becomes StorageAwayError. */
  async function ask<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (isMissing(error)) return null;
      throw asAway(error);
    }
  }

  async function head(key: string, signal?: AbortSignal): Promise<StoredFile | null> {
    const input = { Bucket: bucket, Key: key };
    const found = await ask(() => client.send(new HeadObjectCommand(input), options(signal)), signal);
    if (found === null) return null;
    const sha256 = found.Metadata?.[HASH];
    return {
      key,
      sizeBytes: found.ContentLength ?? 0,
      modifiedAt: found.LastModified ?? new Date(0),
      ...(sha256 === undefined ? {} : { sha256 }),
    };
  }

  const get: Bucket['get'] = async (key, range, signal) => {
    const input = {
      Bucket: bucket,
      Key: key,
      ...(range === null ? {} : { Range: `bytes=${range.start}-${range.end}` }),
    };
    const found = await ask(() => client.send(new GetObjectCommand(input), options(signal)), signal);
    if (found === null) return null;
    if (!(found.Body instanceof Readable)) throw new Error('the client of S3 answers no stream');
    if (range !== null && !found.ContentRange?.startsWith(`bytes ${range.start}-`)) {
      // Bytes of another place must never be taken for these.
      found.Body.destroy();
      throw new StorageAwayError('it does not answer ranges');
    }
    const total = /\/(\d+)$/.exec(found.ContentRange ?? '')?.[1];
    const bytes: ObjectBytes = { sizeBytes: Number(total ?? found.ContentLength ?? 0), body: found.Body };
    return bytes;
  };

  async function* list(prefix: string): AsyncIterable<StoredFile> {
    for (let after: string | undefined; ; ) {
      const input = { Bucket: bucket, Prefix: prefix, ContinuationToken: after };
      const page = await ask(() => client.send(new ListObjectsV2Command(input)));
      for (const { Key: key, Size: sizeBytes = 0, LastModified: modifiedAt } of page?.Contents ?? []) {
        if (key !== undefined && modifiedAt !== undefined) yield { key, sizeBytes, modifiedAt };
      }
      after = page?.NextContinuationToken;
      if (after === undefined) return;
    }
  }

  async function* unendedUploads(): AsyncIterable<UnendedUpload> {
    for (let after: { KeyMarker?: string; UploadIdMarker?: string } | null = {}; after !== null; ) {
      const input: { Bucket: string; KeyMarker?: string; UploadIdMarker?: string } = {
        Bucket: bucket,
        ...after,
      };
      const page = await ask(() => client.send(new ListMultipartUploadsCommand(input)).catch(ignoreUnknown));
      for (const { Key: key, UploadId: uploadId, Initiated: beganAt } of page?.Uploads ?? []) {
        if (key !== undefined && uploadId !== undefined && beganAt) yield { key, uploadId, beganAt };
      }
      const { IsTruncated: isTruncated, NextKeyMarker, NextUploadIdMarker } = page ?? {};
      after =
        isTruncated === true && NextKeyMarker !== undefined
          ? {
              KeyMarker: NextKeyMarker,
              ...(NextUploadIdMarker ? { UploadIdMarker: NextUploadIdMarker } : {}),
            }
          : null;
    }
  }

  return {
    name: `${address.host}/${bucket}`,
    upload: async (path, file, signal) => {
      const target = { client, bucket, hashName: HASH, partBytes: limits.partBytes };
      try {
        await uploadToS3(target, path, file, signal);
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        throw asAway(error);
      }
    },
    head,
    get,
    remove: async (key) => {
      await ask(() => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
    },
    list,
    unendedUploads,
    abortUpload: async ({ key, uploadId }) => {
      const input = { Bucket: bucket, Key: key, UploadId: uploadId };
      await ask(() => client.send(new AbortMultipartUploadCommand(input)));
    },
    presign: (key, reply) => {
      const url = new URL(address);
      url.pathname = isPathStyle ? `${url.pathname.replace(/\/$/, '')}/${bucket}/${key}` : `/${key}`;
      for (const [name, value] of overrides(reply)) url.searchParams.set(name, value);
      return presignGet(url, settings, PRESIGNED_SECONDS, new Date());
    },
    touch: async (signal) => {
      const found = await ask(
        () => client.send(new HeadBucketCommand({ Bucket: bucket }), options(signal)),
        signal,
      );
      if (found === null) throw asAway(new Error(`there is no bucket ${bucket}`));
    },
    close: () => client.destroy(),
  };
}

/** A server that cannot list them has nothing for us to sweep. */
function ignoreUnknown(error: unknown): null {
  if (isNotImplemented(error)) return null;
  throw error;
}

function overrides({ contentType, disposition, cacheControl }: PresignedReply): [string, string][] {
  return [
    ['response-content-type', contentType],
    ...(disposition === undefined ? [] : [['response-content-disposition', disposition] as [string, string]]),
    ...(cacheControl === undefined ? [] : [['response-cache-control', cacheControl] as [string, string]]),
  ];
}
