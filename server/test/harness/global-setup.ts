import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import type { TestProject } from 'vitest/node';
import { migrateUp } from '../../src/kernel/db/migrate.ts';
import { admin, withDatabase } from './database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of a cluster where databases may be made, and the name of the migrated template. */
    cluster: { adminUrl: string; golden: string };
    /** Folder of what the media tools have made in this run. */
    madeMedia: string;
  }
}

/**
 * One cluster for the whole run: the embedded one, or TEST_DATABASE_URL (a server's superuser). Its golden
 * database is migrated once; each test file clones it in about 40 ms.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { adminUrl, stop } = await openCluster();
  const golden = `golden_${process.pid}`;
  await admin(adminUrl, `create database ${golden}`);
  await migrateUp(withDatabase(adminUrl, golden), pino({ level: 'silent' }));
  project.provide('cluster', { adminUrl, golden });
  const madeMedia = await mkdtemp(path.join(tmpdir(), 'antenne-made-'));
  project.provide('madeMedia', madeMedia);
  return async () => {
    await rm(madeMedia, { recursive: true, force: true });
    await admin(adminUrl, `drop database if exists ${golden} with (force)`);
    await stop();
  };
}

async function openCluster(): Promise<{ adminUrl: string; stop: () => Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { adminUrl: given, stop: async () => {} };
  const { startEmbeddedDatabase } = await import('../../src/kernel/db/embedded/embedded.ts');
  const dataDir = await mkdtemp(path.join(tmpdir(), 'antenne-test-'));
  const embedded = await startEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) });
  return {
    adminUrl: embedded.url,
    stop: async () => {
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
