import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await buildTestApp({ env: { VERSION: '1.2.3' } });
});
afterAll(() => test.end());

const get = (url: string) => test.app.inject(url);

describe('health', () => {
  it('says what the older monitors read', async () => {
    const reply = await get('/health');
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({
      database: 'connected',
      version: '1.2.3',
      service: 'antenne',
      checks: {
        database: { status: 'healthy' },
        redis: { status: 'disabled' },
        storage: { status: 'healthy' },
      },
    });
    const { system } = reply.json().checks;
    for (const figure of ['cpu_percent', 'memory_percent', 'disk_percent']) {
      expect(system[figure]).toBeGreaterThanOrEqual(0);
      expect(system[figure]).toBeLessThanOrEqual(100);
    }
  });

  it('has the parts in detail', async () => {
    const { checks, uptime_seconds, performance } = (await get('/health/detailed')).json();
    expect(uptime_seconds).toBeGreaterThan(0);
    expect(performance.process_memory_mb).toBeGreaterThan(10);
    expect(checks.media.message).toMatch(/^ffmpeg \S+, (no )?yt-dlp/);
    for (const part of ['database', 'cache', 'storage', 'queue', 'media']) {
      expect(checks[part]).toMatchObject({
        status: expect.stringMatching(/pass|warn/),
        message: expect.any(String),
      });
    }
  });

  it('is degraded while no file can be kept, and goes on', async () => {
    const lonely = await buildTestApp();
    const { storage } = lonely.kernel;
    storage.check = async () => ({ state: 'away', message: 'the bucket cannot be used' });
    const reply = await lonely.app.inject('/health');
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ status: 'degraded', checks: { storage: { status: 'unhealthy' } } });
    const detailed = (await lonely.app.inject('/health/detailed')).json();
    expect(detailed.checks.storage.status).toBe('fail');
    expect(detailed.alerts).toContainEqual(expect.stringContaining('the bucket cannot be used'));
    await lonely.end();
  });

  it('answers probes and scrapers', async () => {
    expect((await get('/health/live')).json()).toEqual({ status: 'alive' });
    expect((await get('/health/ready')).statusCode).toBe(200);
    const metrics = await get('/metrics');
    expect(metrics.body).toContain('# TYPE antenne_http_request_duration_seconds histogram');
    expect(metrics.body).toMatch(
      /antenne_http_request_duration_seconds_count\{[^}]*route="\/health"[^}]*\} \d/,
    );
  });

  it('is never limited', async () => {
    const small = await buildTestApp({ beside: test, env: { RATE_LIMIT_PER_MINUTE: '1' } });
    for (let i = 0; i < 5; i++) expect((await small.app.inject('/health/live')).statusCode).toBe(200);
    await small.end();
  });

  it('without a database is unhealthy, and reads are a 503 that says so', async () => {
    const lonely = await buildTestApp();
    const pool = lonely.kernel.db.pool;
    const gone = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const query = pool.query.bind(pool);
    pool.query = (() => Promise.reject(gone)) as unknown as typeof pool.query;
    const reply = await lonely.app.inject('/health');
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toMatchObject({ status: 'unhealthy', database: 'disconnected' });
    expect((await lonely.app.inject('/health/ready')).statusCode).toBe(503);
    pool.query = query;
    await lonely.end();
  });
});
