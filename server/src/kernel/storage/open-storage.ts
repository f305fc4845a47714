import path from 'node:path';
import type { Config } from '../config/config.ts';
import { createDiskStorage } from './disk-storage.ts';
import type { Storage } from './storage.ts';

/** The storage of the settings: the bucket where there is one, else the disk below DATA_DIR. */
export async function openStorage(config: Pick<Config, 's3' | 'dataDir'>): Promise<Storage> {
  return config.s3 === null ? openDisk(config) : openBucket(config, config.s3);
}

/** The one on disk, whatever the settings name. */
export function openDisk({ dataDir }: Pick<Config, 'dataDir'>): Promise<Storage> {
  return createDiskStorage({ folder: folderOf(dataDir) });
}

/** The one in the bucket; its client is loaded only here. */
export async function openBucket(
  { dataDir }: Pick<Config, 'dataDir'>,
  settings: NonNullable<Config['s3']>,
): Promise<Storage> {
  const [{ openS3Bucket }, { createS3Storage }] = await Promise.all([
    import('./s3-bucket.ts'),
    import('./s3-storage.ts'),
  ]);
  return createS3Storage({
    bucket: openS3Bucket(settings),
    folder: folderOf(dataDir),
    copiesBytes: settings.cacheBytes,
  });
}

const folderOf = (dataDir: string): string => path.join(dataDir, 'storage');
