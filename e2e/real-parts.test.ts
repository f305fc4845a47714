import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingParts } from './harness/parts.ts';
import { healthy, type RoleProcess, runVerb, startRole } from './harness/role.ts';
import { type RealServer, startNginx, startPostgres, startRedis } from './harness/servers.ts';
import { makeTone } from './harness/sound.ts';
import { ADMIN, freePort, until } from './harness/station.ts';

const skip = missingParts('postgres', 'redis', 'nginx', 'ffmpeg');

interface Recording {
  id: string;
  status: string;
  renditions: { format: string; quality: string; url: string; file_size: number }[];
}

describe.skipIf(skip !== null)(`roles apart on real servers${skip ? ` [skipped: ${skip}]` : ''}`, () => {
  let folder: string;
  let postgres: RealServer;
  let redis: RealServer;
  let nginx: RealServer;
  let env: Record<string, string>;
  let bases: string[];
  const roles: RoleProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'antenne-apart-'));
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    const ports = [await freePort(), await freePort()];
    bases = ports.map((port) => `http://127.0.0.1:${port}`);
    const [api = ''] = bases;
    // It answers 502 until the api is there.
    nginx = await startNginx(api, path.join(folder, 'data'));
    env = {
      ENVIRONMENT: 'production',
      HOST: '127.0.0.1',
      DATABASE_URL: postgres.url.replace('postgresql://', 'postgresql+asyncpg://'),
      REDIS_URL: redis.url,
      DATA_DIR: path.join(folder, 'data'),
      SECRET_KEY: 'a secret for tests only, of more than sixty-four characters, as is advised',
      SIGNING_KEY: 'a signing key for tests only, of more than sixty-four characters, as advised',
      INTERNAL_API_KEY: 'an internal key for tests only, long enough to be accepted anywhere',
      CORS_ORIGINS: 'https://radio.test',
      PUBLIC_URL: nginx.url,
      X_ACCEL_PREFIX: '/_sound/',
      RATE_LIMIT_PER_MINUTE: '40',
      INITIAL_ADMIN_EMAIL: ADMIN.email,
      INITIAL_ADMIN_PASSWORD: ADMIN.password,
      LOG_LEVEL: 'warning',
    };
  });

  afterAll(async () => {
    for (const role of roles) await role.stop();
    await Promise.all([nginx?.stop(), postgres?.stop(), redis?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  it('refuse to start on a database that was not brought up to date, and say what to do', async () => {
    const early = await runVerb(['api'], { ...env, PORT: String(await freePort()) });
    expect(early.code).toBe(1);
    expect(early.output).toContain('./antenne migrate upgrade');
  });

  it('migrate a real PostgreSQL 15 and share it', async () => {
    const upgrade = await runVerb(['migrate', 'upgrade'], env);
    expect(upgrade.code, upgrade.output).toBe(0);
    for (const base of bases) roles.push(startRole('api', { ...env, PORT: new URL(base).port }));
    roles.push(startRole('worker', env));
    for (const base of bases) await healthy(base);
    const health = await (await fetch(`${bases[0]}/health`)).json();
    expect(health).toMatchObject({ database: 'connected', checks: { redis: { status: 'healthy' } } });
  });

  it('make a recording whose bytes leave through nginx', async () => {
    const file = await makeTone(folder, 5);
    const token = await signIn(bases[0] ?? '');
    const form = new FormData();
    form.set('title', 'Cinq secondes');
    form.set('file', new Blob([await readFile(file)], { type: 'audio/mpeg' }), 'tone.mp3');
    const headers = { authorization: `Bearer ${token}` };
    const created = await fetch(`${bases[1]}/api/recordings`, { method: 'POST', headers, body: form });
    expect(created.status, await created.clone().text()).toBe(201);
    const { id } = (await created.json()) as Recording;
    await until(
      async () => (await (await fetch(`${bases[0]}/api/recordings/${id}`, { headers })).json()) as Recording,
      ({ status }) => status === 'ready',
    );
    const direct = await fetch(`${bases[0]}/api/recordings/${id}/audio`, { headers });
    expect(direct.headers.get('x-accel-redirect')).toMatch(/^\/_sound\//);
    const whole = await fetch(`${nginx.url}/api/recordings/${id}/audio`, { headers });
    expect(whole.status).toBe(200);
    expect(whole.headers.get('x-accel-redirect')).toBeNull();
    expect(whole.headers.get('content-type')).toBe('audio/mpeg');
    const bytes = Buffer.from(await whole.arrayBuffer());
    const part = await fetch(`${nginx.url}/api/recordings/${id}/audio`, {
      headers: { ...headers, range: 'bytes=1000-1999' },
    });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 1000-1999/${bytes.length}`);
    const hash = (buffer: Buffer) => createHash('sha256').update(buffer).digest('hex');
    expect(hash(Buffer.from(await part.arrayBuffer()))).toBe(hash(bytes.subarray(1000, 2000)));
  });

  it('count limits together through Redis, and go on without it', async () => {
    let refused = 0;
    for (let i = 0; i < 60; i++) {
      const reply = await fetch(`${bases[i % 2]}/api/organisation`);
      if (reply.status === 429) refused++;
    }
    expect(refused).toBeGreaterThanOrEqual(20);
    await redis.stop();
    const health = await until(
      async () => (await (await fetch(`${bases[0]}/health`)).json()) as { status: string },
      ({ status }) => status === 'degraded',
      20,
    );
    expect(health.status).toBe('degraded');
    const token = await signIn(bases[1] ?? '');
    const reply = await fetch(`${bases[1]}/api/recordings`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(reply.status).toBe(200);
  });

  it('end at once when asked to', async () => {
    for (const role of roles.splice(0)) expect(await role.stop(), role.output()).toBe(0);
  });

  async function signIn(base: string): Promise<string> {
    const reply = await fetch(`${base}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ADMIN),
    });
    expect(reply.status, await reply.clone().text()).toBe(200);
    return ((await reply.json()) as { access_token: string }).access_token;
  }
});
