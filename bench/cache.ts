/**
 * What strangers read, with the cache off, in memory and in Redis, on the same PostgreSQL, rows and machine.
 * usage: node bench/cache.ts [--rounds=3] [--seconds=6] [--debats=5000] [--modes=list,one,streaming,search]
 * goal: no kind of reply is slower for being kept in memory
 */
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { freePort } from '../e2e/harness/station.ts';
import { migrateUp } from '../server/src/kernel/db/migrate.ts';
import { startCluster } from './api/cluster.ts';
import { generateRows, loadOurs } from './api/load.ts';
import { missingParts, run } from './api/parts.ts';
import { type OurSide, startOurs } from './api/servers.ts';

const CONNECTIONS = 50;
const WARM_UP_SECONDS = 3;
const CLI = fileURLToPath(new URL('../server/src/entry/cli.ts', import.meta.url));
const SCRIPT = fileURLToPath(new URL('./cache/readers.lua', import.meta.url));

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    debats: { type: 'string', default: '5000' },
    modes: { type: 'string', default: 'list,one,streaming,search' },
  },
});
const [rounds, seconds, debats] = [Number(values.rounds), Number(values.seconds), Number(values.debats)];

const missing = await missingParts();
if (missing.length > 0) {
  console.error(missing.join('\n'));
  process.exit(2);
}

const folder = await mkdtemp(path.join(tmpdir(), 'antenne-bench-cache-'));
await chmod(folder, 0o755);
const running: (() => Promise<void>)[] = [];
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanUp().then(() => process.exit(1)));
try {
  process.exitCode = await bench();
} finally {
  await cleanUp();
}

type Named = [name: string, side: OurSide];

async function bench(): Promise<number> {
  const { sides, idsFile } = await prepare();
  console.log(
    `${cpus().length} cores, ${debats} débats, ${CONNECTIONS} connections, ${rounds} rounds of ${seconds} s`,
  );
  let isReached = true;
  for (const mode of values.modes.split(',')) {
    const measured = new Map<string, number[]>(sides.map(([name]) => [name, []]));
    for (const [, side] of sides) await load(side, mode, idsFile, WARM_UP_SECONDS);
    // Each side in turn, round after round, so that whatever else the machine does meets them alike.
    for (let round = 0; round < rounds; round++) {
      for (const [name, side] of sides) measured.get(name)?.push(await load(side, mode, idsFile, seconds));
    }
    const rates = new Map([...measured].map(([name, all]) => [name, middle(all)]));
    const off = rates.get('off') ?? 0;
    console.log(`\n${mode}`);
    for (const [name, rate] of rates)
      console.log(
        `  ${name.padEnd(8)} ${rate.toFixed(0).padStart(6)} requests/s  ${(rate / off).toFixed(2)} × off`,
      );
    isReached &&= (rates.get('memory') ?? 0) >= off;
  }
  console.log(`\ngoal: nothing slower for being kept in memory: ${isReached ? 'reached' : 'NOT reached'}`);
  return isReached ? 0 : 1;
}

async function prepare(): Promise<{ sides: Named[]; idsFile: string }> {
  const cluster = await startCluster(`${folder}/postgres`);
  running.push(() => cluster.stop());
  const rows = `${folder}/rows.tsv`;
  await generateRows(debats, rows);
  await cluster.psql('postgres', 'create database ours;');
  const url = cluster.url('ours');
  await migrateUp(url, pino({ level: 'silent' }));
  const redisUrl = await startRedis();
  const settings: [string, Record<string, string>][] = [
    ['off', { CACHE_TTL_DEBATES: '0', CACHE_TTL_STREAMING: '0', CACHE_TTL_SEARCH: '0' }],
    ['memory', {}],
    ['Redis', { REDIS_URL: redisUrl }],
  ];
  const sides: Named[] = [];
  for (const [name, given] of settings) {
    const side = await startOurs(url, folder, 1, given);
    running.push(() => side.stop());
    sides.push([name, side]);
    // The first start makes the organisation; the rows need it.
    if (sides.length === 1) await loadOurs(cluster, rows);
  }
  const env = {
    ...process.env,
    DATABASE_URL: url,
    DATA_DIR: `${folder}/data-1`,
    SECRET_KEY: 'a secret of the bench, and of nothing else 0123456789',
  };
  await run(process.execPath, [CLI, 'reindex'], { env });
  const idsFile = `${folder}/ids`;
  await writeFile(idsFile, await cluster.psql('ours', 'select id from debats order by md5(id::text);'));
  if ((await readFile(idsFile, 'utf8')).trim() === '') throw new Error('no débats were loaded');
  return { sides, idsFile };
}

async function startRedis(): Promise<string> {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  running.push(async () => void child.kill('SIGTERM'));
  return `redis://127.0.0.1:${port}/0`;
}

async function load(side: OurSide, mode: string, idsFile: string, forSeconds: number): Promise<number> {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${forSeconds}s`, '--latency', '-s', SCRIPT, side.base];
  const { stdout } = await run('wrk', args, { env: { ...process.env, MODE: mode, IDS: idsFile } });
  const result = /^RESULT (\S+) (\S+) (\S+) (\d+)$/m.exec(stdout);
  if (!result) throw new Error(`wrk printed no result:\n${stdout}`);
  // A few are the load shedding of a busy machine; many would make the figures worthless.
  const [errors, replies] = [Number(result[4]), Number(result[1]) * forSeconds];
  if (errors > replies / 100) throw new Error(`${mode}: ${errors} of ${replies} replies were errors`);
  return Number(result[1]);
}

function middle(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
}

async function cleanUp(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  for (const stop of running.toReversed()) await stop().catch((error: unknown) => console.error(error));
  await rm(folder, { recursive: true, force: true });
}
