import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from './config.ts';
import { checkConfig, loadConfig } from './load-config.ts';
import { factsOf, knownNames, variables } from './read-values.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'antenne config '));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const load = (env: Record<string, string> = {}) => loadConfig(env, { cwd });
const faultsOf = (env: Record<string, string>) => checkConfig(env, { cwd }).faults;
const noticesOf = (env: Record<string, string>) => checkConfig(env, { cwd }).notices;
const longKey = 'Zq7-random-enough-and-long-enough-for-anyone';

describe('defaults', () => {
  it('are those of a bare start', () => {
    expect(load()).toMatchObject({
      environment: 'development',
      host: '127.0.0.1',
      port: 8000,
      livePort: 8001,
      apiWorkers: 1,
      databaseUrl: null,
      redisUrl: null,
      dataDir: join(cwd, 'data'),
      cacheTtl: { debatsSeconds: 300, streamingSeconds: 3600, searchSeconds: 1800 },
      maxConcurrentExtractions: 3,
      extractionTimeoutMs: 1_800_000,
      audioBitrate: '192k',
      ffmpegThreads: 2,
      jwtAlgorithm: 'HS256',
      accessTokenMinutes: 30,
      rateLimitPerMinute: 100,
      corsOrigins: [],
      initialAdmin: null,
      log: { level: 'info', format: 'text', file: null },
      publicUrl: 'http://127.0.0.1:8000',
      notices: [],
    });
  });

  it('listen on every interface and log as JSON outside of development', () => {
    const config = load({ ENVIRONMENT: 'Production', SECRET_KEY: longKey });
    expect(config).toMatchObject({ environment: 'production', host: '0.0.0.0', log: { format: 'json' } });
    expect(config.publicUrl).toBe('http://127.0.0.1:8000');
  });

  it('are frozen to the bottom', () => {
    const config = load();
    expect(
      Object.isFrozen(config) && Object.isFrozen(config.log) && Object.isFrozen(config.corsOrigins),
    ).toBe(true);
  });
});

describe('names of older systems', () => {
  it.each([
    [{ APP_PORT: '9000' }, { port: 9000, livePort: 9001 }],
    [{ APP_PORT: '9000', PORT: '9100' }, { port: 9100 }],
    [{ WORKERS: '3' }, { apiWorkers: 3 }],
    [{ PROJECT_NAME: 'Radio Rive' }, { appName: 'Radio Rive' }],
    [
      { BACKEND_CORS_ORIGINS: '["https://a.example", "https://b.example/"]' },
      { corsOrigins: ['https://a.example', 'https://b.example'] },
    ],
    [
      { CORS_ORIGINS: 'https://a.example, https://b.example' },
      { corsOrigins: ['https://a.example', 'https://b.example'] },
    ],
    [{ DATABASE_URL: 'postgresql+asyncpg://u:p@db/x' }, { databaseUrl: 'postgresql://u:p@db/x' }],
    [{ DATABASE_URL: 'postgres://u:p@db/x' }, { databaseUrl: 'postgresql://u:p@db/x' }],
    [{ LOG_LEVEL: 'WARNING' }, { log: { level: 'warn' } }],
    [
      { FRONTEND_URL: 'https://radio.example/app/' },
      { frontendUrl: 'https://radio.example/app', corsOrigins: ['https://radio.example'] },
    ],
    [{ DEBUG: 'yes' }, { log: { level: 'debug' } }],
    [{ DEBUG: 'yes', LOG_LEVEL: 'warning' }, { log: { level: 'warn' } }],
    [{ HOST: '::1' }, { publicUrl: 'http://[::1]:8000' }],
    [{ X_ACCEL_PREFIX: '/protected' }, { xAccelPrefix: '/protected/' }],
  ])('%o', (env, expected) => {
    expect(load(env)).toMatchObject(expected);
  });

  it('says that Celery’s are not used', () => {
    expect(noticesOf({ CELERY_BROKER_URL: 'redis://x', CELERY_RESULT_BACKEND: 'redis://y' })).toEqual([
      'CELERY_BROKER_URL and CELERY_RESULT_BACKEND: accepted, and not used. The queue lives in PostgreSQL.',
    ]);
  });

  it('says that nginx sends nothing from a bucket', () => {
    const bucket = { S3_BUCKET: 'sound', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' };
    expect(noticesOf(bucket)).toEqual([]);
    expect(noticesOf({ ...bucket, X_ACCEL_PREFIX: '/sound/' })).toEqual([
      'X_ACCEL_PREFIX has no effect with S3_BUCKET: nginx cannot send what lies in a bucket.',
    ]);
  });

  it('are told in one notice when they have no effect yet', () => {
    const early = {
      INTERNAL_API_KEY: 'x'.repeat(32),
      MODELS_URL: 'https://models.example/',
      DB_MAX_OVERFLOW: '5',
    };
    expect(noticesOf(early)).toEqual([
      'DB_MAX_OVERFLOW, INTERNAL_API_KEY, MODELS_URL: checked, and without effect in this version.',
    ]);
    expect(noticesOf({ PORT: '8100', LOG_LEVEL: 'error' })).toEqual([]);
  });
});

describe('faults', () => {
  it('are all named at once', () => {
    const env = { PORT: 'abc', LOG_LEVEL: 'loud', TZ: 'Mars/Base', DB_POOL_SIZE: '0', DEBUG: 'perhaps' };
    expect(faultsOf(env)).toEqual([
      'PORT must be a whole number from 0 to 65535, not "abc".',
      'DEBUG must be true or false, not "perhaps".',
      'TZ must be a time zone such as Europe/Paris, not "Mars/Base".',
      'LOG_LEVEL must be one of debug, info, warning, error, not "loud".',
      'DB_POOL_SIZE must be a whole number from 1 to 500, not "0".',
    ]);
    expect(() => load(env)).toThrow(ConfigError);
  });

  it.each([
    [
      'a short key in production',
      { ENVIRONMENT: 'production', SECRET_KEY: 'short' },
      /^SECRET_KEY has 5 characters/,
    ],
    ['a key of one letter', { ENVIRONMENT: 'staging', SECRET_KEY: 'a'.repeat(40) }, /^SECRET_KEY repeats/],
    [
      'an example’s key',
      { ENVIRONMENT: 'staging', SECRET_KEY: 'your-secret-key-change-this-in-production' },
      /^SECRET_KEY looks like/,
    ],
    [
      '* in production',
      { ENVIRONMENT: 'production', SECRET_KEY: longKey, BACKEND_CORS_ORIGINS: '*' },
      /^BACKEND_CORS_ORIGINS .* refused/,
    ],
    [
      'an administrator without password',
      { INITIAL_ADMIN_EMAIL: 'a@b.c' },
      /^INITIAL_ADMIN_PASSWORD is missing/,
    ],
    ['a bucket without keys', { S3_BUCKET: 'x' }, /^S3_ACCESS_KEY_ID is missing: S3_BUCKET/],
    ['mail without sender', { SMTP_URL: 'smtp://mail' }, /^MAIL_FROM is missing/],
    ['push without its pair', { VAPID_PUBLIC_KEY: 'x' }, /^VAPID_PRIVATE_KEY is missing/],
    ['http engine without address', { TRANSCRIPTION_ENGINE: 'http' }, /^TRANSCRIPTION_API_URL is missing/],
    ['the same port twice', { PORT: '9000', LIVE_PORT: '9000' }, /^LIVE_PORT must differ/],
    ['no port after the last', { APP_PORT: '65535' }, /^LIVE_PORT must be set, as APP_PORT/],
    [
      'another database',
      { DATABASE_URL: 'sqlite:///x.db' },
      /^DATABASE_URL must be an address starting with postgresql/,
    ],
    ['a program that is none', { FFMPEG_PATH: '/no/such/ffmpeg' }, /^FFMPEG_PATH names \/no\/such\/ffmpeg/],
    ['a proxy range too wide', { TRUSTED_PROXIES: '10.0.0.0/33' }, /^TRUSTED_PROXIES must be/],
    [
      'an address as allowed host',
      { EXTRACTION_ALLOWED_HOSTS: 'http://x' },
      /^EXTRACTION_ALLOWED_HOSTS must be/,
    ],
    ['a list that is broken JSON', { CORS_ORIGINS: '["https://a.example]' }, /^CORS_ORIGINS must be/],
  ])('%s', (_name, env, sentence) => {
    expect(faultsOf(env)).toEqual(expect.arrayContaining([expect.stringMatching(sentence)]));
  });

  it('lets weak keys pass in development, and says so', () => {
    expect(faultsOf({ SECRET_KEY: 'short' })).toEqual([]);
    expect(noticesOf({ SECRET_KEY: 'short' })[0]).toMatch(/staging and production would refuse/);
  });

  it('name the variable, whatever it holds, and never show a secret', () => {
    const names = variables.map(([name]) => name);
    const hostile = fc.string({ minLength: 12, maxLength: 80, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), hostile, (chosen, value) => {
        const env = Object.fromEntries(chosen.map((name) => [name, value]));
        const { faults, notices } = checkConfig(env, { cwd });
        for (const sentence of [...faults, ...notices]) {
          expect(knownNames.some((name) => sentence.includes(name))).toBe(true);
          expect(sentence).not.toMatch(/\n/);
        }
      }),
      { numRuns: 150 },
    );
    const secrets = variables.filter(([, schema]) => factsOf(schema).secret).map(([name]) => name);
    expect(secrets.length).toBeGreaterThan(15);
    for (const name of secrets) {
      const value = 'hunter2-never-shown';
      const { faults, notices } = checkConfig({ [name]: value, ENVIRONMENT: 'production' }, { cwd });
      expect([...faults, ...notices].join('\n')).not.toContain(value);
    }
  });

  it('hide the password of an address that is no secret', () => {
    expect(faultsOf({ S3_ENDPOINT: 'ftp://me:hunter2@host/x' })[0]).toContain('ftp://…@host/x');
  });
});

describe('.env', () => {
  const write = (text: string) => writeFileSync(join(cwd, '.env'), text);

  it('is read, and the real environment wins', () => {
    write('PORT=9000\nAPP_NAME="Radio Rive" # ours\n');
    expect(load({ PORT: '9100' })).toMatchObject({ port: 9100, appName: 'Radio Rive' });
  });

  it('keeps its value when the real environment has an empty one', () => {
    write('PORT=9000\n');
    expect(load({ PORT: '' }).port).toBe(9000);
  });

  it('resolves its paths from its own folder, those of the environment from the current one', () => {
    write('DATA_DIR=kept\n');
    const elsewhere = join(cwd, 'elsewhere');
    mkdirSync(elsewhere);
    expect(loadConfig({}, { cwd: elsewhere, root: cwd }).dataDir).toBe(join(cwd, 'kept'));
    expect(loadConfig({ DATA_DIR: 'here' }, { cwd: elsewhere, root: cwd }).dataDir).toBe(
      join(elsewhere, 'here'),
    );
  });

  it('has a misspelt name pointed out', () => {
    write('EXTRACTION_TIMOUT=5\nSOMETHING_ELSE=1\n');
    expect(noticesOf({})).toEqual([
      '.env sets EXTRACTION_TIMOUT, which is unknown: is EXTRACTION_TIMEOUT meant?',
    ]);
  });

  it('that is a folder is a fault', () => {
    mkdirSync(join(cwd, '.env'));
    expect(faultsOf({})).toEqual([`${join(cwd, '.env')} can't be read: it is a folder.`]);
  });
});

describe('the data folder', () => {
  it('that is a file is named in one sentence', () => {
    const path = join(cwd, 'taken');
    writeFileSync(path, '');
    expect(() => load({ DATA_DIR: path })).toThrow(
      new ConfigError([`DATA_DIR ${path} can't be used: a part of the path is not a folder.`]),
    );
  });

  it('is not touched by a check', () => {
    checkConfig({ DATA_DIR: 'unmade' }, { cwd });
    expect(readdirSync(cwd)).toEqual([]);
  });
});
