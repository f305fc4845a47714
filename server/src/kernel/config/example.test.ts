import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { envExample } from './example.ts';
import { checkConfig } from './load-config.ts';
import { notUsedYet } from './not-used-yet.ts';
import { projectRoot } from './process-environment.ts';
import { factsOf, knownNames, variables } from './read-values.ts';

it('.env.example is current (mend it: ./antenne config example > .env.example)', () => {
  expect(readFileSync(join(projectRoot, '.env.example'), 'utf8')).toBe(envExample());
});

it('shows every variable once, with a description and values that would be accepted', () => {
  const uncommented = parseEnv(envExample().replaceAll(/^#(?=[A-Z0-9_]+=)/gm, ''));
  expect(Object.keys(uncommented).sort()).toEqual(variables.map(([name]) => name).sort());
  expect(checkConfig(uncommented, { cwd: projectRoot }).faults).toEqual([
    'MAIL_FROM is missing: SMTP_URL needs a sender.',
  ]);
  for (const [name, schema] of variables) expect(factsOf(schema).description, name).toMatch(/\.$/);
});

it('says which settings are not used yet, as the operator’s page does', () => {
  const page = readFileSync(join(projectRoot, 'docs/operate/configuration.md'), 'utf8');
  const section = page.split('## Read but not used yet')[1] ?? '';
  const named = [...section.matchAll(/`([A-Z0-9_]+)(\*?)`/g)].map(([, name = '', star]) => ({ name, star }));
  const isNamed = (name: string) =>
    named.some((each) => (each.star ? name.startsWith(each.name) : name === each.name));
  expect(notUsedYet.filter((name) => !isNamed(name))).toEqual([]);
  for (const name of notUsedYet) {
    expect(envExample(), name).toMatch(new RegExp(`Not used yet\\.\n#${name}=`));
  }
});

it('knows every name of the contract', () => {
  const contract =
    `ENVIRONMENT HOST PORT APP_PORT DEBUG WORKERS API_WORKERS DATABASE_URL DB_POOL_SIZE DB_MAX_OVERFLOW DB_ECHO
    POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB REDIS_URL REDIS_PASSWORD CACHE_TTL_DEBATES CACHE_TTL_STREAMING
    CACHE_TTL_SEARCH MAX_CONCURRENT_EXTRACTIONS EXTRACTION_TIMEOUT AUDIO_FORMAT AUDIO_BITRATE FFMPEG_THREADS SECRET_KEY
    SIGNING_KEY ALGORITHM ACCESS_TOKEN_EXPIRATION_MINUTE RATE_LIMIT_PER_MINUTE CORS_ORIGINS BACKEND_CORS_ORIGINS
    FRONTEND_URL PROJECT_NAME APP_NAME VERSION INITIAL_ADMIN_EMAIL INITIAL_ADMIN_PASSWORD INTERNAL_API_KEY
    ADMIN_PROJECT_NAME CELERY_BROKER_URL CELERY_RESULT_BACKEND ICECAST_ADMIN_PASSWORD ICECAST_SOURCE_PASSWORD
    ICECAST_RELAY_PASSWORD ICECAST_HOSTNAME ICECAST_MAX_CLIENTS PROMETHEUS_METRICS LOG_LEVEL LOG_FORMAT LOG_FILE TZ
    LIVE_PORT DATA_DIR EXTRACTION_ALLOWED_HOSTS FFMPEG_PATH FFMPEG_ALLOW_OLD YTDLP_PATH S3_ENDPOINT S3_BUCKET
    S3_ACCESS_KEY_ID S3_SECRET_ACCESS_KEY S3_REGION SMTP_URL MAIL_FROM VAPID_PUBLIC_KEY VAPID_PRIVATE_KEY
    SMS_WEBHOOK_URL TRANSCRIPTION_ENGINE TRANSCRIPTION_API_URL TRANSCRIPTION_API_KEY LLM_API_URL LLM_API_KEY
    EMBEDDINGS_API_URL EMBEDDINGS_API_KEY MODELS_URL PUBLIC_URL TRUSTED_PROXIES X_ACCEL_PREFIX`.split(/\s+/);
  expect(contract.filter((name) => !knownNames.includes(name))).toEqual([]);
});

it('is the only way to a variable: nothing but this folder reads process.env', () => {
  const sources = readdirSync(join(projectRoot, 'server/src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test(-kit)?\.ts$/.test(name))
    .map((name) => join(projectRoot, 'server/src', name));
  expect(sources.length).toBeGreaterThan(50);
  const readers = sources
    .filter((path) =>
      /process\.env\b|process\[['"]env|\{[^}]*\benv\b[^}]*\} = process\b|env\b[^;]*from 'node:process'/.test(
        readFileSync(path, 'utf8'),
      ),
    )
    .map((path) => relative(projectRoot, path));
  expect(readers).toEqual(['server/src/kernel/config/process-environment.ts']);
});
