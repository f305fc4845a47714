import { address, flag, integer, optional, secret, text } from '../variable.ts';

const seconds = { minimum: 0, maximum: 31_536_000 };

/** Database, cache and object storage. */
export const dataVariables = {
  DATABASE_URL: optional(
    address(
      'PostgreSQL 15 or newer. Empty: `./antenne start` runs its own, in DATA_DIR.',
      ['postgresql', 'postgres', 'postgresql+asyncpg', 'postgresql+psycopg', 'postgresql+psycopg2'],
      { secret: true, example: 'postgresql://user:password@host:5432/antenne' },
    ),
  ),
  DB_POOL_SIZE: integer(
    'Database connections kept open by each process.',
    { minimum: 1, maximum: 500 },
    {
      default: 10,
    },
  ),
  DB_MAX_OVERFLOW: integer(
    'Further connections opened under load.',
    { minimum: 0, maximum: 500 },
    {
      default: 10,
    },
  ),
  DB_ECHO: flag('Log every statement.', { default: false }),
  POSTGRES_USER: optional(text('Role of the Compose files’ database; the embedded one doesn’t use it.')),
  POSTGRES_PASSWORD: optional(secret('Password of the Compose files’ database.')),
  POSTGRES_DB: optional(text('Name of the Compose files’ database.')),
  REDIS_URL: optional(
    address('Redis for cache, limits and messages between machines. Optional.', ['redis', 'rediss'], {
      secret: true,
      example: 'redis://localhost:6379/0',
    }),
  ),
  REDIS_PASSWORD: optional(secret('Password of Redis when its address carries none.')),
  CACHE_TTL_DEBATES: integer('Seconds that lists of débats may be served from the cache.', seconds, {
    default: 300,
  }),
  CACHE_TTL_STREAMING: integer('Seconds that streaming descriptions may be served from the cache.', seconds, {
    default: 3600,
  }),
  CACHE_TTL_SEARCH: integer('Seconds that search results may be served from the cache.', seconds, {
    default: 1800,
  }),
  S3_ENDPOINT: optional(
    address('S3-compatible storage; empty with a bucket means Amazon’s own.', ['http', 'https']),
  ),
  S3_BUCKET: optional(text('Bucket for the sound. Empty: files are kept in DATA_DIR.')),
  S3_ACCESS_KEY_ID: optional(text('Access key of the bucket.')),
  S3_SECRET_ACCESS_KEY: optional(secret('Secret key of the bucket.')),
  S3_REGION: text('Region of the bucket.', { default: 'us-east-1' }),
  S3_REDIRECT: flag(
    'Send listeners to a short-lived address at the bucket itself, rather than passing its bytes on.',
    { default: false },
  ),
  S3_CACHE_MB: integer(
    'MiB of DATA_DIR that copies of stored files may take while tools work on them; more than the largest file.',
    { minimum: 1, maximum: 1_000_000_000 },
    { default: 20_480 },
  ),
  TRASH_DAYS: integer(
    'Days that a removed recording can be brought back. 0: it is gone at once.',
    { minimum: 0, maximum: 3650 },
    { default: 30 },
  ),
};
