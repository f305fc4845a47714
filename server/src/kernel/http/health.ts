import { statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import Type, { type Static } from 'typebox';
import { door } from '../auth/access.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/db.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { App } from './app.ts';

const HEALTH_IS_OPEN = door('liveness for probes and balancers; figures of the machine, no data');
const BUSY_PERCENT = 90;
const DATABASE_DEADLINE_MS = 2_000;

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
  { ...HealthBody, checks: Type.Object({ database: Check, redis: Check, system: System }) },
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
  redis: RedisState;
  /** False from the first sign of shutting down, so that a balancer looks elsewhere. */
  isReady: () => boolean;
}

/** What is known of Redis: not configured, or whether it answers. */
export type RedisState = () => Promise<'disabled' | 'healthy' | 'unhealthy'>;

/** `/health`, `/health/detailed`, `/health/live`, `/health/ready`, `/metrics` as CONTRACTS "Health". */
export function registerHealth(app: App, parts: HealthParts): void {
  const route = { access: HEALTH_IS_OPEN, budget: 'none' as const };
  const cpu = cpuMeter();
  app.addSchema(Health);
  app.addSchema(Detailed);
  app.get(
    '/health',
    {
      config: route,
      schema: {
        tags: ['health'],
        summary: 'Overall state',
        operationId: 'health',
        response: { 200: Type.Ref('Health'), 503: Type.Ref('Health') },
      },
    },
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
        tags: ['health'],
        summary: 'State of each part',
        operationId: 'healthDetailed',
        response: { 200: Type.Ref('HealthDetailed') },
      },
    },
    () => detailed(parts, cpu()),
  );
  const Simple = Type.Object({ status: Type.String() });
  app.get(
    '/health/live',
    {
      config: route,
      schema: {
        tags: ['health'],
        summary: 'The process runs',
        operationId: 'healthLive',
        response: { 200: Simple },
      },
    },
    () => ({ status: 'alive' }),
  );
  app.get(
    '/health/ready',
    {
      config: route,
      schema: {
        tags: ['health'],
        summary: 'Requests may come',
        operationId: 'healthReady',
        response: { 200: Simple, 503: Simple },
      },
    },
    async (_request, reply) => {
      const ready = parts.isReady() && (await databaseAnswers(parts.db)) !== null;
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
    },
  );
  if (parts.config.prometheusMetrics) {
    app.get('/metrics', { config: route, schema: { hide: true } }, async (_request, reply) =>
      reply.type(parts.metrics.registry.contentType).send(await parts.metrics.registry.metrics()),
    );
  }
}

async function overall(parts: HealthParts, cpuPercent: number): Promise<Static<typeof Health>> {
  const [databaseMs, redis, system] = await Promise.all([
    databaseAnswers(parts.db),
    parts.redis(),
    systemFigures(parts.config.dataDir, cpuPercent),
  ]);
  const isBusy = Math.max(system.cpu_percent, system.memory_percent, system.disk_percent) >= BUSY_PERCENT;
  const status = databaseMs === null ? 'unhealthy' : redis === 'unhealthy' || isBusy ? 'degraded' : 'healthy';
  return {
    ...bodyStart(parts.config, status, databaseMs !== null),
    checks: {
      database: { status: databaseMs === null ? 'unhealthy' : 'healthy' },
      redis: { status: redis },
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
  const queue = await timed(async () => {
    const counts = await parts.jobs.counts();
    const failed = counts.reduce((sum, each) => sum + each.failed, 0);
    const waiting = counts.reduce((sum, each) => sum + each.queued, 0);
    return { status: 'pass' as const, message: `${waiting} waiting, ${failed} failed and kept for a look` };
  });
  const { system } = body.checks;
  const disk = {
    status: system.disk_percent >= BUSY_PERCENT ? ('warn' as const) : ('pass' as const),
    message: `${system.disk_percent} % of the disk used`,
    duration_ms: 0,
  };
  const database = {
    status: body.database === 'connected' ? ('pass' as const) : ('fail' as const),
    message: body.database,
    duration_ms: round(performance.now() - started),
  };
  const redis = body.checks.redis.status;
  const cache = {
    status: redis === 'unhealthy' ? ('warn' as const) : ('pass' as const),
    message: `redis ${redis}`,
    duration_ms: 0,
  };
  const checks = { database, cache, storage: disk, queue };
  const alerts = Object.entries(checks)
    .filter(([, check]) => check.status !== 'pass')
    .map(([name, check]) => `${name}: ${check.message}`);
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

async function timed(check: () => Promise<{ status: 'pass'; message: string }>) {
  const started = performance.now();
  try {
    return { ...(await check()), duration_ms: round(performance.now() - started) };
  } catch {
    return {
      status: 'fail' as const,
      message: 'does not answer',
      duration_ms: round(performance.now() - started),
    };
  }
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

async function systemFigures(dataDir: string, cpuPercent: number) {
  const disk = await statfs(dataDir).catch(() => null);
  return {
    cpu_percent: cpuPercent,
    memory_percent: round((1 - freemem() / totalmem()) * 100),
    disk_percent: disk ? round((1 - disk.bavail / Math.max(1, disk.blocks)) * 100) : 0,
  };
}

/** Busy share of all cores since the last call; the load average before there is one. */
function cpuMeter(): () => number {
  let before = cpuTimes();
  let last = round(Math.min(100, ((loadavg()[0] ?? 0) / cpus().length) * 100));
  let at = performance.now();
  return () => {
    if (performance.now() - at < 1_000) return last;
    const now = cpuTimes();
    last = round(100 * (1 - (now.idle - before.idle) / Math.max(1, now.total - before.total)));
    before = now;
    at = performance.now();
    return last;
  };
}

function cpuTimes(): { idle: number; total: number } {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, total };
}

const round = (value: number): number => Math.round(value * 10) / 10;
