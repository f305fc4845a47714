import Type, { type Static } from 'typebox';
import { door } from '../auth/access.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/db.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { MediaTools } from '../media/tools.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { StorageState } from '../storage/storage.ts';
import type { App } from './app.ts';
import { cpuMeter, round, systemFigures } from './system-figures.ts';

const HEALTH_IS_OPEN = door('liveness for probes and balancers; figures of the machine, no data');
const BUSY_PERCENT = 90;
const DATABASE_DEADLINE_MS = 2_000;
const STORAGE_STATUS = { well: 'healthy', full: 'full', away: 'unhealthy' } as const;

const Check = Type.Object({ status: Type.String() });
const DetailedCheck = Type.Object({
  status: Type.Union([Type.Literal('pass'), Type.Literal('warn'), Type.Literal('fail')]),
  message: Type.String(),
  duration_ms: Type.Number(),
});
const System = Type.Object({
  status: Type.String(),
  cpu_percent: Type.Number(),
  memory_percent: Type.Number(),
  disk_percent: Type.Number(),
});
const HealthBody = {
  status: Type.Union([Type.Literal('healthy'), Type.Literal('degraded'), Type.Literal('unhealthy')]),
  database: Type.Union([Type.Literal('connected'), Type.Literal('disconnected')]),
  timestamp: Type.String({ format: 'date-time' }),
  version: Type.String(),
  service: Type.Literal('antenne'),
};
const Health = Type.Object(
  { ...HealthBody, checks: Type.Object({ database: Check, redis: Check, storage: Check, system: System }) },
  { $id: 'Health' },
);
const Detailed = Type.Object(
  {
    ...HealthBody,
    uptime_seconds: Type.Number(),
    checks: Type.Record(Type.String(), DetailedCheck),
    performance: Type.Record(Type.String(), Type.Number()),
    alerts: Type.Array(Type.String()),
  },
  { $id: 'HealthDetailed' },
);

/** What is looked at when somebody asks how things stand. */
export interface HealthParts {
  config: Config;
  db: Db;
  jobs: Jobs;
  metrics: Metrics;
  /** Of this process's machine, which need not be a worker's. */
  media: Pick<MediaTools, 'info' | 'ytdlpVersion'>;
  redis: RedisState;
  storage: () => Promise<StorageState>;
  /** False from the first sign of shutting down, so that a balancer looks elsewhere. */
  isReady: () => boolean;
}

/** What is known of Redis: not configured, or whether it answers. */
export type RedisState = () => Promise<'disabled' | 'healthy' | 'unhealthy'>;

/** `/health`, `/health/detailed`, `/health/live`, `/health/ready`, `/metrics` as CONTRACTS "Health". */
export function registerHealth(app: App, parts: HealthParts): void {
  app.addSchema(Health);
  app.addSchema(Detailed);
  registerOverall(app, parts);
  registerProbes(app, parts);
  if (!parts.config.prometheusMetrics) return;
  app.get('/metrics', { config: route, schema: { hide: true } }, async (_request, reply) =>
    reply.type(parts.metrics.registry.contentType).send(await parts.metrics.registry.metrics()),
  );
}

const route = { access: HEALTH_IS_OPEN, budget: 'none' as const };
const tags = ['health'];

function registerOverall(app: App, parts: HealthParts): void {
  const cpu = cpuMeter();
  const response = { 200: Type.Ref('Health'), 503: Type.Ref('Health') };
  app.get(
    '/health',
    { config: route, schema: { tags, summary: 'Overall state', operationId: 'health', response } },
    async (_request, reply) => {
      const body = await overall(parts, cpu());
      return reply.code(body.status === 'unhealthy' ? 503 : 200).send(body);
    },
  );
  app.get(
    '/health/detailed',
    {
      config: route,
      schema: {
        tags,
        summary: 'State of each part',
        operationId: 'healthDetailed',
        response: { 200: Type.Ref('HealthDetailed') },
      },
    },
    () => detailed(parts, cpu()),
  );
}

function registerProbes(app: App, parts: HealthParts): void {
  const Simple = Type.Object({ status: Type.String() });
  app.get(
    '/health/live',
    {
      config: route,
      schema: { tags, summary: 'The process runs', operationId: 'healthLive', response: { 200: Simple } },
    },
    () => ({ status: 'alive' }),
  );
  const response = { 200: Simple, 503: Simple };
  app.get(
    '/health/ready',
    { config: route, schema: { tags, summary: 'Requests may come', operationId: 'healthReady', response } },
    async (_request, reply) => {
      const ready = parts.isReady() && (await databaseAnswers(parts.db)) !== null;
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
    },
  );
}

async function overall(parts: HealthParts, cpuPercent: number): Promise<Static<typeof Health>> {
  const [databaseMs, redis, storage, system] = await Promise.all([
    databaseAnswers(parts.db),
    parts.redis(),
    parts.storage(),
    systemFigures(parts.config.dataDir, cpuPercent),
  ]);
  const isBusy = Math.max(system.cpu_percent, system.memory_percent, system.disk_percent) >= BUSY_PERCENT;
  const isHampered = redis === 'unhealthy' || storage.state !== 'well' || isBusy;
  const status = databaseMs === null ? 'unhealthy' : isHampered ? 'degraded' : 'healthy';
  return {
    ...bodyStart(parts.config, status, databaseMs !== null),
    checks: {
      database: { status: databaseMs === null ? 'unhealthy' : 'healthy' },
      redis: { status: redis },
      storage: { status: STORAGE_STATUS[storage.state] },
      system: { status: isBusy ? 'degraded' : 'healthy', ...system },
    },
  };
}

function bodyStart(config: Config, status: 'healthy' | 'degraded' | 'unhealthy', hasDatabase: boolean) {
  return {
    status,
    database: hasDatabase ? ('connected' as const) : ('disconnected' as const),
    timestamp: new Date().toISOString(),
    version: config.version,
    service: 'antenne' as const,
  };
}

async function detailed(parts: HealthParts, cpuPercent: number): Promise<Static<typeof Detailed>> {
  const started = performance.now();
  const body = await overall(parts, cpuPercent);
  const databaseMs = round(performance.now() - started);
  const checks = {
    ...checksOf(body, databaseMs),
    storage: storageCheck(await parts.storage(), body.checks.system.disk_percent),
    queue: await queueCheck(parts.jobs),
    media: await mediaCheck(parts.media),
  };
  const alerts = Object.entries(checks)
    .filter(([, check]) => check.status !== 'pass')
    .map(([name, check]) => `${name}: ${check.message}`);
  const { system } = body.checks;
  return {
    ...bodyStart(parts.config, body.status, body.database === 'connected'),
    uptime_seconds: round(process.uptime()),
    checks,
    performance: {
      cpu_percent: system.cpu_percent,
      memory_percent: system.memory_percent,
      process_memory_mb: round(process.memoryUsage.rss() / 1_048_576),
    },
    alerts,
  };
}

type DetailedState = Static<typeof DetailedCheck>;

function checksOf(
  { database, checks: { redis } }: Static<typeof Health>,
  databaseMs: number,
): Record<'database' | 'cache', DetailedState> {
  return {
    database: {
      status: database === 'connected' ? 'pass' : 'fail',
      message: database,
      duration_ms: databaseMs,
    },
    cache: {
      status: redis.status === 'unhealthy' ? 'warn' : 'pass',
      message: `redis ${redis.status}`,
      duration_ms: 0,
    },
  };
}

function storageCheck({ state, message }: StorageState, diskPercent: number): DetailedState {
  const isTight = state === 'full' || diskPercent >= BUSY_PERCENT;
  const status = state === 'away' ? 'fail' : isTight ? 'warn' : 'pass';
  return { status, message: `${message}; ${diskPercent} % of the disk used`, duration_ms: 0 };
}

async function queueCheck(jobs: Jobs): Promise<DetailedState> {
  const started = performance.now();
  const passed = () => round(performance.now() - started);
  try {
    const counts = await jobs.counts();
    const failed = counts.reduce((sum, each) => sum + each.failed, 0);
    const waiting = counts.reduce((sum, each) => sum + each.queued, 0);
    const message = `${waiting} waiting, ${failed} failed and kept for a look`;
    return { status: 'pass', message, duration_ms: passed() };
  } catch {
    return { status: 'fail', message: 'does not answer', duration_ms: passed() };
  }
}

/** yt-dlp is asked once in the life of the process; a machine without it is well. */
async function mediaCheck({ info, ytdlpVersion }: HealthParts['media']): Promise<DetailedState> {
  const started = performance.now();
  const ytdlp = await ytdlpVersion();
  const message = `ffmpeg ${info.version}, ${ytdlp === null ? 'no yt-dlp' : `yt-dlp ${ytdlp}`}`;
  const status = info.notice === null ? 'pass' : 'warn';
  return { status, message, duration_ms: round(performance.now() - started) };
}

/** Milliseconds that a trivial query took, or null when the database does not answer in time. */
async function databaseAnswers(db: Db): Promise<number | null> {
  const started = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('late')), DATABASE_DEADLINE_MS);
  });
  try {
    await Promise.race([db.pool.query('select 1'), late]);
    return performance.now() - started;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
