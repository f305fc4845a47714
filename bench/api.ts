/**
 * List and detail of débats, beside the FastAPI + SQLAlchemy peer on the same PostgreSQL, rows and machine.
 * usage: node bench/api.ts [--rounds=3] [--seconds=8] [--debats=50000] [--keep]
 * goal: list ≥ 4 ×, one débat ≥ 10 × the peer's requests/s, P95 ≤ 1/4, with everything on
 */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { migrateUp } from '../server/src/kernel/db/migrate.ts';
import { type Cluster, startCluster } from './api/cluster.ts';
import { compareReplies } from './api/compare.ts';
import { generateRows, loadOurs, loadPeer } from './api/load.ts';
import { missingParts, PEER, run } from './api/parts.ts';
import { type Side, startOurs, startPeer } from './api/servers.ts';

const CONNECTIONS = 50;
const SAMPLED = 200;
const WARM_UP_SECONDS = 3;
const GOALS = { list: 4, one: 10 };
const P95_GOAL = 0.25;
const MODES = ['list', 'one'] as const;
type Mode = (typeof MODES)[number];

interface Figures {
  requestsPerSecond: number;
  p50Ms: number;
  p95Ms: number;
  errors: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    debats: { type: 'string', default: '50000' },
    keep: { type: 'boolean', default: false },
  },
});
const [rounds, seconds, debats] = [Number(values.rounds), Number(values.seconds), Number(values.debats)];

const missing = await missingParts();
if (missing.length > 0) {
  console.error(missing.join('\n'));
  process.exit(2);
}

const folder = await mkdtemp(path.join(tmpdir(), 'antenne-bench-api-'));
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

async function bench(): Promise<number> {
  const { peer, ours, idsFile } = await prepare();
  const ids = (await readFile(idsFile, 'utf8')).trim().split('\n');
  const one = ours[0];
  if (!one) throw new Error('nothing to compare');
  const { replies, children, found } = await compareReplies(peer, one, ids.slice(0, SAMPLED));
  if (found.length > 0) {
    console.error(`the replies differ:\n${found.slice(0, 20).join('\n')}`);
    return 1;
  }
  console.log(`same JSON in ${replies} sampled replies, ${children} audio files among them`);
  console.log(
    `${cpus().length} cores, ${debats} débats, ${CONNECTIONS} connections, ${rounds} rounds of ${seconds} s`,
  );
  let isReached = true;
  for (const mode of MODES) isReached = (await benchMode(mode, [peer, ...ours], idsFile)) && isReached;
  return isReached ? 0 : 1;
}

async function prepare(): Promise<{ peer: Side; ours: Side[]; idsFile: string }> {
  const cluster = await startCluster(`${folder}/postgres`);
  running.push(() => cluster.stop());
  const rows = `${folder}/rows.tsv`;
  await generateRows(debats, rows);
  await cluster.psql('postgres', 'create database peer;');
  await cluster.psql('postgres', 'create database ours;');
  await loadPeer(cluster, rows);
  await migrateUp(cluster.url('ours'), pino({ level: 'silent' }));
  // The first start makes the organisation and its administrator; the rows need them.
  const first = await startOurs(cluster.url('ours'), folder, 1);
  running.push(() => first.stop());
  await loadOurs(cluster, rows);
  const second = await startOurs(cluster.url('ours'), folder, 2);
  running.push(() => second.stop());
  const peer = await startPeer(cluster.url('peer'), folder);
  running.push(() => peer.stop());
  const idsFile = `${folder}/ids`;
  await writeFile(idsFile, await sampleIds(cluster));
  return { peer, ours: [first, second], idsFile };
}

/** Every id, in an order that is the same each time and has nothing to do with their age. */
function sampleIds(cluster: Cluster): Promise<string> {
  return cluster.psql('ours', 'select id from debats order by md5(id::text);');
}

/** Each side in turn, round after round, so that whatever else the machine does meets them alike. */
async function benchMode(mode: Mode, sides: Side[], idsFile: string): Promise<boolean> {
  const measured = new Map<Side, Figures[]>(sides.map((side) => [side, []]));
  for (const side of sides) await load(side, mode, idsFile, WARM_UP_SECONDS);
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) measured.get(side)?.push(await load(side, mode, idsFile, seconds));
  }
  console.log(`\n${mode === 'list' ? 'GET /api/debats/?page&commission' : 'GET /api/debats/{id}'}`);
  const [base, ...others] = [...measured].map(([side, figures]) => ({ name: side.name, ...middle(figures) }));
  if (!base) return false;
  print(base.name, base, '');
  let isReached = false;
  let errors = 0;
  for (const other of others) {
    const times = other.requestsPerSecond / base.requestsPerSecond;
    const tail = other.p95Ms / base.p95Ms;
    print(other.name, other, `${times.toFixed(1)} × requests/s, ${tail.toFixed(2)} of its P95`);
    isReached ||= times >= GOALS[mode] && tail <= P95_GOAL;
    errors += other.errors;
  }
  console.log(
    `goal: ≥ ${GOALS[mode]} × and P95 ≤ ${P95_GOAL}: ${isReached ? 'reached' : 'NOT reached'}; our errors: ${errors}`,
  );
  return isReached && errors === 0;
}

async function load(side: Side, mode: Mode, idsFile: string, forSeconds: number): Promise<Figures> {
  const args = [
    '-t1',
    `-c${CONNECTIONS}`,
    `-d${forSeconds}s`,
    '--latency',
    '-s',
    `${PEER}debats.lua`,
    side.base,
  ];
  const env = { ...process.env, MODE: mode, IDS: idsFile, TOKEN: side.token };
  const { stdout } = await run('wrk', args, { env });
  const result = /^RESULT (\S+) (\S+) (\S+) (\S+) (\d+)$/m.exec(stdout);
  if (!result) throw new Error(`wrk printed no result:\n${stdout}`);
  const [requestsPerSecond = 0, p50Ms = 0, p95Ms = 0, , errors = 0] = result.slice(1).map(Number);
  return { requestsPerSecond, p50Ms, p95Ms, errors };
}

/** The median of each figure; errors add up. */
function middle(figures: Figures[]): Figures {
  const median = (pick: (each: Figures) => number) =>
    figures.map(pick).toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
  return {
    requestsPerSecond: median((each) => each.requestsPerSecond),
    p50Ms: median((each) => each.p50Ms),
    p95Ms: median((each) => each.p95Ms),
    errors: figures.reduce((sum, each) => sum + each.errors, 0),
  };
}

function print(name: string, figures: Figures, ratio: string): void {
  const rate = figures.requestsPerSecond.toFixed(0).padStart(6);
  const latency = `P50 ${figures.p50Ms.toFixed(1).padStart(6)} ms  P95 ${figures.p95Ms.toFixed(1).padStart(6)} ms`;
  const errors = `errors ${String(figures.errors).padStart(3)}`;
  console.log(`  ${name.padEnd(32)} ${rate} requests/s  ${latency}  ${errors}  ${ratio}`);
}

async function cleanUp(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  for (const stop of running.toReversed()) await stop().catch((error: unknown) => console.error(error));
  if (values.keep) console.log(`kept: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
