/**
 * A file of 200 MB and stretches of it, beside nginx: as Debian ships it, and at its best.
 * usage: node bench/files.ts [--seconds=6] [--rounds=3] [--megabytes=200] [--folder=…]
 * goal: behind nginx (X-Accel) at least 0.95 of nginx as Debian ships it; alone at least 0.9 of it for at most 1.6
 *   times its processor time per GB; memory that does not grow
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { migrateUp } from '../server/src/kernel/db/migrate.ts';
import { startCluster } from './api/cluster.ts';
import { run } from './api/parts.ts';
import { startOurs } from './api/servers.ts';
import { startFrontNginx, startPeerNginx } from './files/nginx.ts';
import { processorSeconds, residentMegabytes } from './files/processor-time.ts';
import { placeSound, plantSound } from './files/sound.ts';

const LOAD = fileURLToPath(new URL('./files/load.lua', import.meta.url));
const LOADS = [
  { name: 'whole file, 1 client', clients: 1, isStretch: false },
  { name: 'whole file, 64 clients', clients: 64, isStretch: false },
  { name: '256 KiB, 1 client', clients: 1, isStretch: true },
  { name: '256 KiB, 64 clients', clients: 64, isStretch: true },
] as const;
type Load = (typeof LOADS)[number];

/** One server of the same bytes. */
interface Side {
  name: string;
  address: string;
  pids(): Promise<number[]>;
}

interface Figures {
  megabytesPerSecond: number;
  /** Processor seconds of the server for each GB sent. */
  secondsPerGigabyte: number;
  residentMegabytes: number;
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
    megabytes: { type: 'string', default: '200' },
    folder: { type: 'string' },
  },
});
const sizeBytes = Number(values.megabytes) * 1_000_000;
const folder = values.folder ?? (await mkdtemp(path.join(tmpdir(), 'antenne-bench-files-')));
await mkdir(folder, { recursive: true });
// PostgreSQL and nginx run as others.
await chmod(folder, 0o755);
const running: (() => Promise<void>)[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanUp().then(() => process.exit(1)));
try {
  process.exitCode = (await bench()) ? 0 : 1;
} finally {
  await cleanUp();
}

async function bench(): Promise<boolean> {
  const sides = await startSides();
  console.log(
    `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, ${values.megabytes} MB, medians of ${values.rounds} rounds of ${values.seconds} s`,
  );
  let isReached = true;
  for (const load of LOADS) {
    const measured = await measureInTurn(sides, load);
    isReached = tell(load, measured) && isReached;
  }
  console.log(isReached ? '\ngoals reached' : '\ngoals NOT reached');
  return isReached;
}

async function startSides(): Promise<[debian: Side, ...Side[]]> {
  const cluster = await startCluster(`${folder}/postgres`);
  running.push(() => cluster.stop());
  await cluster.psql('postgres', 'create database files;');
  await migrateUp(cluster.url('files'), pino({ level: 'silent' }));
  const alone = await startOurs(cluster.url('files'), folder, 1);
  running.push(() => alone.stop());
  const sound = await plantSound(cluster, 'files', sizeBytes);
  await placeSound(alone.dataDir, sound);
  const settings = { X_ACCEL_PREFIX: '/protected/', DATA_DIR: alone.dataDir };
  const behind = await startOurs(cluster.url('files'), folder, 1, settings);
  running.push(() => behind.stop());
  const front = await startFrontNginx(`${folder}/front`, behind.base, alone.dataDir);
  running.push(() => front.stop());
  await mkdir(`${folder}/peer`);
  await writeFile(`${folder}/peer/sound.mp3`, sound.bytes);
  const peer = await startPeerNginx(`${folder}/peer`);
  running.push(() => peer.stop());
  const asked = `/api/recordings/${sound.recordingId}/audio?format=mp3&quality=192k`;
  return [
    { name: 'nginx as Debian ships it', address: 'http://127.0.0.1:25811/sound.mp3', pids: peer.pids },
    { name: 'nginx at its best', address: 'http://127.0.0.1:25812/sound.mp3', pids: peer.pids },
    { name: 'Antenne alone', address: alone.base + asked, pids: async () => alone.pids },
    {
      name: 'Antenne behind nginx',
      address: `http://127.0.0.1:${front.port}${asked}`,
      pids: async () => [...behind.pids, ...(await front.pids())],
    },
  ];
}

/** Each side in turn, round after round, so that a slow minute of the machine meets all. */
async function measureInTurn(sides: readonly Side[], load: Load): Promise<[Side, Figures][]> {
  const taken = new Map<Side, Figures[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const side of sides) taken.get(side)?.push(await measure(side, load));
  }
  return sides.map((side) => [side, medians(taken.get(side) ?? [])]);
}

async function measure({ name, address, pids }: Side, { clients, isStretch }: Load): Promise<Figures> {
  const { origin, pathname, search } = new URL(address);
  const env = {
    ...process.env,
    ASKED: pathname + search,
    SIZE: String(sizeBytes),
    STRETCH: isStretch ? '1' : '0',
  };
  const options = ['-c', String(clients), '-t', '1', '-d', `${values.seconds}s`, '--timeout', '20s'];
  const processes = await pids();
  const before = await processorSeconds(processes);
  const { stdout } = await run('wrk', [...options, '-s', LOAD, origin], { env });
  const used = (await processorSeconds(processes)) - before;
  const line = /^JSON (.*)$/m.exec(stdout)?.[1];
  const told = JSON.parse(line ?? '{}') as { bytes: number; seconds: number; errors: number };
  if (!line || told.errors > 0) throw new Error(`${name}: ${stdout}`);
  return {
    megabytesPerSecond: told.bytes / 1e6 / told.seconds,
    secondsPerGigabyte: used / (told.bytes / 1e9),
    residentMegabytes: await residentMegabytes(processes),
  };
}

function medians(all: readonly Figures[]): Figures {
  const middle = (of: (each: Figures) => number) =>
    all.map(of).sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  return {
    megabytesPerSecond: middle((each) => each.megabytesPerSecond),
    secondsPerGigabyte: middle((each) => each.secondsPerGigabyte),
    residentMegabytes: Math.max(...all.map((each) => each.residentMegabytes)),
  };
}

function tell({ name }: Load, measured: readonly [Side, Figures][]): boolean {
  const debian = measured[0]?.[1];
  if (!debian) return false;
  console.log(`\n${name}`.padEnd(33), '   MB/s   of Debian’s   CPU s/GB   of Debian’s   memory MB');
  let isReached = true;
  for (const [side, figures] of measured) {
    const speed = figures.megabytesPerSecond / debian.megabytesPerSecond;
    const cost = figures.secondsPerGigabyte / debian.secondsPerGigabyte;
    const isGood =
      side.name === 'Antenne alone'
        ? speed >= 0.9 && cost <= 1.6
        : side.name !== 'Antenne behind nginx' || speed >= 0.95;
    isReached = isReached && isGood;
    const columns = [
      figures.megabytesPerSecond.toFixed(0).padStart(7),
      speed.toFixed(2).padStart(11),
      figures.secondsPerGigabyte.toFixed(3).padStart(12),
      cost.toFixed(2).padStart(12),
      figures.residentMegabytes.toFixed(0).padStart(11),
    ];
    console.log(`  ${side.name.padEnd(30)}${columns.join('')}${isGood ? '' : '  goal missed'}`);
  }
  return isReached;
}

async function cleanUp(): Promise<void> {
  for (const stop of running.splice(0).toReversed())
    await stop().catch((error: unknown) => console.error(error));
  if (!values.folder) await rm(folder, { recursive: true, force: true });
}
