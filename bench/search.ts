/**
 * The search over 1,000,000 French segments, beside the SQL that one writes first, on the same PostgreSQL and machine.
 * usage: node bench/search.ts [--segments=1000000] [--queries=40] [--rounds=3] [--naive=12] [--keep] [--folder=…]
 *   --keep leaves the data in the folder; a later run with the same --folder does not load it again
 * goal: P95 < 50 ms with one client for every class, < 80 ms with four, whole page through HTTP
 */
import { access, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { migrateUp } from '../server/src/kernel/db/migrate.ts';
import { type Cluster, startCluster } from './api/cluster.ts';
import { run } from './api/parts.ts';
import { startOurs } from './api/servers.ts';
import { loadCorpus } from './search/load.ts';
import { type BenchQuery, GOAL_CLASSES, makeQueries } from './search/queries.ts';
import { naiveSide, ourSide, type SearchSide } from './search/sides.ts';

const CLI = fileURLToPath(new URL('../server/src/entry/cli.ts', import.meta.url));
const PER_DEBAT = 500;
const SHARED_BUFFERS = '512MB';
const GOAL_MS = { 1: 50, 4: 80 } as const;
type Clients = keyof typeof GOAL_MS;
const CLIENTS: readonly Clients[] = [1, 4];
const COMPARED = 5;

const { values } = parseArgs({
  options: {
    segments: { type: 'string', default: '1000000' },
    queries: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '3' },
    naive: { type: 'string', default: '12' },
    keep: { type: 'boolean', default: false },
    folder: { type: 'string' },
  },
});
const segments = Number(values.segments);
const rounds = Number(values.rounds);
const folder = values.folder ?? (await mkdtemp(path.join(tmpdir(), 'antenne-bench-search-')));
await mkdir(folder, { recursive: true });
await chmod(folder, 0o755);
const running: (() => Promise<void>)[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanUp().then(() => process.exit(1)));
try {
  process.exitCode = await bench();
} finally {
  await cleanUp();
}

async function bench(): Promise<number> {
  const cluster = await startCluster(`${folder}/postgres`, `shared_buffers = ${SHARED_BUFFERS}`);
  running.push(() => cluster.stop());
  const isLoaded = await access(`${folder}/loaded`).then(
    () => true,
    () => false,
  );
  if (!isLoaded) await cluster.psql('postgres', 'create database search;');
  await migrateUp(cluster.url('search'), pino({ level: 'silent' }));
  // The search itself: a reply that is kept for the next reader would say nothing of it.
  const station = await startOurs(cluster.url('search'), folder, 1, { CACHE_TTL_SEARCH: '0' });
  running.push(() => station.stop());
  if (!isLoaded) await fill(cluster);
  const ours = ourSide(station.base);
  const naive = naiveSide(cluster.url('search'));
  running.push(ours.end, naive.end);
  console.log(
    `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, ${segments} segments, PostgreSQL 15, shared_buffers ${SHARED_BUFFERS}`,
  );
  const queries = makeQueries(Number(values.queries));
  const isRight = await compare(ours, naive, queries);
  const isReached = await measureAll(ours, naive, queries);
  return isRight && isReached ? 0 : 1;
}

/** The corpus into the real tables, and from there into the index by the real command. */
async function fill(cluster: Cluster): Promise<void> {
  const [, loadedMs] = await timed(() => loadCorpus(cluster, folder, segments, PER_DEBAT));
  console.log(`loaded in ${(loadedMs / 1_000).toFixed(0)} s`);
  const env = { ...process.env, DATABASE_URL: cluster.url('search'), DATA_DIR: `${folder}/data-1` };
  const [{ stdout }, reindexMs] = await timed(() => run(process.execPath, [CLI, 'reindex'], { env }));
  const sizes = await cluster.psql(
    'search',
    `select pg_size_pretty(pg_total_relation_size('search_words')) || ' of words, peer ' ||
      pg_size_pretty(pg_total_relation_size('peer_segments'));`,
  );
  console.log(
    `${stdout.trim().split('\n').at(-1)}; reindex took ${(reindexMs / 1_000).toFixed(0)} s; ${sizes.trim()}`,
  );
  await writeFile(`${folder}/loaded`, '');
}

/**
 * Totals must be the same, and a full page shown. Beginnings of words are not compared: the peer cuts them to a stem
 * first, and so finds words that begin otherwise.
 */
async function compare(
  ours: SearchSide,
  naive: SearchSide,
  queries: ReadonlyMap<string, BenchQuery[]>,
): Promise<boolean> {
  let compared = 0;
  const faults: string[] = [];
  for (const [name, all] of queries) {
    if (all[0]?.tsquery.endsWith(':*')) continue;
    for (const query of all.slice(0, COMPARED)) {
      const [mine, theirs] = [await ours.ask(query), await naive.ask(query)];
      compared++;
      const isSame = mine.isExact ? mine.total === theirs.total : mine.total <= theirs.total;
      if (!isSame)
        faults.push(`${name} ${query.q}: ${mine.total} (exact: ${mine.isExact}), naive ${theirs.total}`);
      if (mine.shown.length !== Math.min(20, theirs.total))
        faults.push(`${query.q}: ${mine.shown.length} shown`);
    }
  }
  console.log(`${compared} answers compared with the naive ones, ${faults.length} differ`);
  for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
  return faults.length === 0;
}

interface Figures {
  p50: number;
  p95: number;
}

async function measureAll(
  ours: SearchSide,
  naive: SearchSide,
  queries: ReadonlyMap<string, BenchQuery[]>,
): Promise<boolean> {
  let isReached = true;
  for (const clients of CLIENTS) {
    console.log(
      `\n${clients} client${clients > 1 ? 's' : ''}, ms      ours P50    P95      naive P50    P95      ratio of P95`,
    );
    for (const [name, all] of queries) {
      const mine = await measure(ours, all, clients, rounds);
      const theirs = await measure(naive, all.slice(0, Number(values.naive)), clients, 1);
      const hasGoal = (GOAL_CLASSES as readonly string[]).includes(name);
      const isGood = mine.p95 < GOAL_MS[clients];
      if (hasGoal && !isGood) isReached = false;
      console.log(
        `  ${name.padEnd(30)} ${show(mine)}    ${show(theirs)}    ${(theirs.p95 / mine.p95).toFixed(1).padStart(6)} ×` +
          (hasGoal ? (isGood ? '' : '  goal missed') : '  (no goal)'),
      );
    }
    console.log(`  goal: every P95 under ${GOAL_MS[clients]} ms`);
  }
  console.log(isReached ? '\ngoals reached' : '\ngoals NOT reached');
  return isReached;
}

function show({ p50, p95 }: Figures): string {
  return `${p50.toFixed(1).padStart(7)} ${p95.toFixed(1).padStart(7)}`;
}

/** Every query `times` times, in turn, by so many clients at once; the first pass of a few warms up. */
async function measure(
  side: SearchSide,
  queries: readonly BenchQuery[],
  clients: number,
  times: number,
): Promise<Figures> {
  for (const query of queries.slice(0, 6)) await side.ask(query);
  const waiting = Array.from({ length: times }, () => queries).flat();
  const took: number[] = [];
  const client = async (): Promise<void> => {
    for (let query = waiting.shift(); query !== undefined; query = waiting.shift()) {
      const asked = query;
      const [, ms] = await timed(() => side.ask(asked));
      took.push(ms);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const startedAt = performance.now();
  const result = await work();
  return [result, performance.now() - startedAt];
}

async function cleanUp(): Promise<void> {
  for (const stop of running.splice(0).toReversed())
    await stop().catch((error: unknown) => console.error(error));
  if (values.keep || values.folder) console.log(`kept: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
