import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The process's Prometheus registry with the measures that every role has. */
export interface Metrics {
  registry: Registry;
  httpDuration: Histogram<'method' | 'route' | 'status'>;
  httpInFlight: Gauge;
  bytesSent: Counter;
  jobDuration: Histogram<'job' | 'outcome'>;
  webSockets: Gauge;
  securityEvents: Counter<'kind'>;
  cacheRequests: Counter<'kind' | 'outcome'>;
  cacheEntries: Gauge;
  cacheBytes: Gauge;
}

const LATENCY_BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const JOB_BUCKETS_SECONDS = [0.05, 0.25, 1, 5, 15, 60, 300, 900, 1800];

/** Makes the registry; `role` labels every line so that processes may be told apart. */
export function createMetrics(role: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry, prefix: 'antenne_' });
  const registers = [registry];
  return {
    registry,
    httpDuration: new Histogram({
      name: 'antenne_http_request_duration_seconds',
      help: 'Time from the request line to the last byte of the reply.',
      labelNames: ['method', 'route', 'status'],
      buckets: LATENCY_BUCKETS_SECONDS,
      registers,
    }),
    httpInFlight: new Gauge({
      name: 'antenne_http_requests_in_flight',
      help: 'Requests being answered.',
      registers,
    }),
    bytesSent: new Counter({ name: 'antenne_sound_bytes_total', help: 'Bytes of sound sent.', registers }),
    jobDuration: new Histogram({
      name: 'antenne_job_duration_seconds',
      help: 'Time of one run of a job.',
      labelNames: ['job', 'outcome'],
      buckets: JOB_BUCKETS_SECONDS,
      registers,
    }),
    webSockets: new Gauge({ name: 'antenne_websockets', help: 'Open WebSocket connections.', registers }),
    securityEvents: new Counter({
      name: 'antenne_security_events_total',
      help: 'Refused or suspicious requests by kind.',
      labelNames: ['kind'],
      registers,
    }),
    ...cacheMeasures(registers),
  };
}

/** How much the cache spares: `hit` and `shared` were answered without work; `off` did not ask it. */
function cacheMeasures(registers: Registry[]) {
  const cacheRequests = new Counter({
    name: 'antenne_cache_requests_total',
    help: 'Replies looked for in the cache, by what was found.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  new Gauge({
    name: 'antenne_cache_hit_ratio',
    help: 'Of the replies looked for since the start, the share that was found; 0 to 1.',
    labelNames: ['kind'],
    registers,
    async collect() {
      const asked = new Map<string, { found: number; all: number }>();
      for (const { labels, value } of (await cacheRequests.get()).values) {
        const kind = String(labels.kind);
        const sums = asked.get(kind) ?? { found: 0, all: 0 };
        sums.all += value;
        if (labels.outcome === 'hit' || labels.outcome === 'shared') sums.found += value;
        asked.set(kind, sums);
      }
      for (const [kind, { found, all }] of asked) this.set({ kind }, found / all);
    },
  });
  return {
    cacheRequests,
    cacheEntries: new Gauge({ name: 'antenne_cache_entries', help: 'Texts kept in memory.', registers }),
    cacheBytes: new Gauge({ name: 'antenne_cache_bytes', help: 'Memory that kept texts take.', registers }),
  };
}
