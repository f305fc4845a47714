import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { type App, buildApp } from './app.ts';
import { registerWebPages } from './web-pages.ts';

let folder: string;
let app: App;

async function appWith(dist: string): Promise<App> {
  const secrets = {
    SECRET_KEY: 'x'.repeat(40),
    SIGNING_KEY: 'y'.repeat(40),
    INTERNAL_API_KEY: 'z'.repeat(40),
  };
  const config = loadConfig({ VERSION: '1.0.0', ...secrets }, { cwd: import.meta.dirname });
  const nobody = {
    organisationId: 'o',
    personId: null,
    sessionId: null,
    permissions: new Set<string>(),
    isPlatformAdmin: false,
  };
  const authenticator = {
    anonymous: () => nobody,
    authenticate: () => {
      throw new Error('no tokens here');
    },
  };
  const built = await buildApp({
    config,
    log: pino({ level: 'silent' }),
    metrics: createMetrics('t'),
    authenticator,
    redis: null,
  });
  await registerWebPages(built, dist);
  await built.ready();
  return built;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'antenne-web-'));
  await mkdir(path.join(folder, 'dist/assets'), { recursive: true });
  await writeFile(path.join(folder, 'secret.txt'), 'hunter2');
  await writeFile(path.join(folder, 'dist/index.html'), '<!doctype html><html><body>the page</body></html>');
  await writeFile(path.join(folder, 'dist/assets/app-123.js'), 'console.log(1)');
  await writeFile(path.join(folder, 'dist/favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  app = await appWith(path.join(folder, 'dist'));
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the page', () => {
  it.each(['/', '/archive', '/archive/0198c0de-0000-7000-8000-000000000001?t=12', '/index.html'])(
    'answers %s with a policy that lets only its own files run',
    async (url) => {
      const reply = await app.inject({ url, headers: { accept: 'text/html' } });
      expect(reply.statusCode).toBe(200);
      expect(reply.body).toContain('the page');
      expect(reply.headers['content-security-policy']).toContain("default-src 'self'");
      expect(reply.headers['cache-control']).toBe('no-cache');
    },
  );

  it('has files that may be kept for ever, since their name changes with their content', async () => {
    const reply = await app.inject('/assets/app-123.js');
    expect(reply.headers['content-type']).toContain('javascript');
    expect(reply.headers['cache-control']).toContain('immutable');
    expect((await app.inject('/favicon.svg')).headers['cache-control']).not.toContain('immutable');
  });

  it.each(['/assets/gone-1.js', '/assets/../../secret.txt', '/%2e%2e/secret.txt', '/assets/%00.js'])(
    'does not stand in for %s',
    async (url) => {
      const reply = await app.inject({ url, headers: { accept: '*/*' } });
      expect(reply.body).not.toContain('hunter2');
      expect([400, 404]).toContain(reply.statusCode);
    },
  );

  it.each([
    '/api/nothing',
    '/api/v1/nothing',
    '/public/now-playing',
    '/stream/x',
    '/hls/x',
    '/status-json.xsl',
  ])('leaves %s to the API, which answers 404', async (url) => {
    const reply = await app.inject({ url, headers: { accept: 'text/html' } });
    expect(reply.statusCode).toBe(404);
    expect(reply.headers['content-type']).toContain('application/problem+json');
  });

  it('is the new one once it was built again, with its files, and without a restart', async () => {
    const dist = path.join(folder, 'rebuilt');
    await mkdir(path.join(dist, 'assets'), { recursive: true });
    await writeFile(path.join(dist, 'index.html'), 'the first page');
    const running = await appWith(dist);
    expect((await running.inject('/')).body).toBe('the first page');
    await rm(dist, { recursive: true });
    await delay(1_050);
    expect((await running.inject('/')).body).toBe('the first page');
    await mkdir(path.join(dist, 'assets'), { recursive: true });
    await writeFile(path.join(dist, 'index.html'), 'the second page');
    await writeFile(path.join(dist, 'assets/new-1.js'), 'console.log(2)');
    await expect
      .poll(async () => (await running.inject('/')).body, { timeout: 10_000 })
      .toBe('the second page');
    expect((await running.inject('/assets/new-1.js')).body).toBe('console.log(2)');
    await running.close();
  });

  it('says how to build it when it is not there', async () => {
    const bare = await appWith(path.join(folder, 'nowhere'));
    expect((await bare.inject('/')).body).toContain('npm run build -w web');
    await bare.close();
  });
});
