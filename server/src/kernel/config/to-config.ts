import { isIPv6 } from 'node:net';
import type { Config } from './config.ts';
import { packageVersion } from './package-version.ts';
import type { EnvironmentValues } from './variables.ts';

/** Keys that were given or made. */
export type Keys = Pick<Config, 'secretKey' | 'signingKey' | 'internalApiKey'>;

type Section<Name extends keyof Config> = Pick<Config, Name>;

/** Turns checked values into the frozen settings, with what is derived from other values filled in. */
export const toConfig = (
  values: EnvironmentValues,
  keys: Keys,
  context: { root: string; notices: readonly string[] },
): Config =>
  freeze({
    ...program(values, context.root),
    ...data(values),
    ...keys,
    ...security(values),
    ...sound(values),
    ...services(values),
    notices: context.notices,
  });

const program = (values: EnvironmentValues, root: string) => {
  const isDevelopment = values.ENVIRONMENT === 'development';
  return {
    environment: values.ENVIRONMENT,
    host: values.HOST ?? (isDevelopment ? '127.0.0.1' : '0.0.0.0'),
    port: values.PORT,
    livePort: values.LIVE_PORT ?? (values.PORT === 0 ? 0 : values.PORT + 1),
    apiWorkers: values.API_WORKERS,
    appName: values.APP_NAME,
    version: values.VERSION ?? packageVersion(root),
    timeZone: values.TZ ?? null,
    dataDir: values.DATA_DIR,
    log: {
      level: logLevelOf(values),
      format: values.LOG_FORMAT ?? (isDevelopment ? 'text' : 'json'),
      file: values.LOG_FILE ?? null,
    },
    prometheusMetrics: values.PROMETHEUS_METRICS,
  } satisfies Partial<Config>;
};

/** DEBUG is heard unless LOG_LEVEL asks for less than the usual. */
const logLevelOf = ({ DEBUG: debug, LOG_LEVEL: level }: EnvironmentValues): Config['log']['level'] => {
  if (level === 'warning') return 'warn';
  return debug && level === 'info' ? 'debug' : level;
};

const data = (values: EnvironmentValues) =>
  ({
    databaseUrl: values.DATABASE_URL?.replace(/^postgres(ql)?(\+\w+)?:/, 'postgresql:') ?? null,
    dbPoolSize: values.DB_POOL_SIZE,
    dbMaxOverflow: values.DB_MAX_OVERFLOW,
    dbEcho: values.DB_ECHO,
    redisUrl: values.REDIS_URL ?? null,
    redisPassword: values.REDIS_PASSWORD ?? null,
    cacheTtl: {
      debatsSeconds: values.CACHE_TTL_DEBATES,
      streamingSeconds: values.CACHE_TTL_STREAMING,
      searchSeconds: values.CACHE_TTL_SEARCH,
    },
    s3: bucketOf(values),
    trashDays: values.TRASH_DAYS,
  }) satisfies Partial<Config>;

const bucketOf = (values: EnvironmentValues): Config['s3'] => {
  const { S3_BUCKET: bucket, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = values;
  if (bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) return null;
  return {
    endpoint: values.S3_ENDPOINT ?? null,
    bucket,
    accessKeyId,
    secretAccessKey,
    region: values.S3_REGION,
    redirect: values.S3_REDIRECT,
    cacheBytes: values.S3_CACHE_MB * 1024 * 1024,
  };
};

const security = (values: EnvironmentValues) => {
  const publicUrl = withoutSlash(values.PUBLIC_URL ?? ownAddress(values));
  const frontendUrl = withoutSlash(values.FRONTEND_URL ?? publicUrl);
  const fromFrontend = values.FRONTEND_URL === undefined ? [] : [new URL(frontendUrl).origin];
  return {
    jwtAlgorithm: values.ALGORITHM,
    accessTokenMinutes: values.ACCESS_TOKEN_EXPIRATION_MINUTE,
    initialAdmin: administratorOf(values),
    adminProjectName: values.ADMIN_PROJECT_NAME,
    rateLimitPerMinute: values.RATE_LIMIT_PER_MINUTE,
    corsOrigins: allOrOne(values.CORS_ORIGINS?.map(originOf) ?? fromFrontend),
    frontendUrl,
    publicUrl,
    trustedProxies: values.TRUSTED_PROXIES ?? [],
    xAccelPrefix: values.X_ACCEL_PREFIX?.replace(/\/*$/, '/') ?? null,
  } satisfies Partial<Config>;
};

/** What a person on this machine can open: an address that means "every interface" leads nowhere in a browser. */
const ownAddress = ({ HOST: host = '127.0.0.1', PORT: port }: EnvironmentValues): string => {
  const reachable = ['0.0.0.0', '::', '*'].includes(host) ? '127.0.0.1' : host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`;
};

const withoutSlash = (address: string) => address.replace(/\/+$/, '');

const originOf = (origin: string) => (origin === '*' ? origin : new URL(origin).origin);

const allOrOne = (origins: string[]) => (origins.includes('*') ? ['*'] : origins);

const administratorOf = (values: EnvironmentValues): Section<'initialAdmin'>['initialAdmin'] => {
  const { INITIAL_ADMIN_EMAIL: email, INITIAL_ADMIN_PASSWORD: password } = values;
  return email === undefined || password === undefined ? null : { email, password };
};

const sound = (values: EnvironmentValues) =>
  ({
    maxConcurrentExtractions: values.MAX_CONCURRENT_EXTRACTIONS,
    extractionTimeoutMs: values.EXTRACTION_TIMEOUT * 1000,
    uploadMaxBytes: values.UPLOAD_MAX_GB * 1e9,
    uploadExpiryMs: values.UPLOAD_EXPIRY_HOURS * 3_600_000,
    extractionAllowedHosts: values.EXTRACTION_ALLOWED_HOSTS ?? [],
    audioFormat: values.AUDIO_FORMAT,
    audioBitrate: values.AUDIO_BITRATE,
    renditionsAhead: values.RENDITIONS_AHEAD.map(toRendition),
    maxWaitingRenditions: values.MAX_WAITING_RENDITIONS,
    ffmpegThreads: values.FFMPEG_THREADS,
    ffmpegPath: values.FFMPEG_PATH ?? null,
    ffmpegAllowOld: values.FFMPEG_ALLOW_OLD,
    ytdlpPath: values.YTDLP_PATH ?? null,
    icecast: {
      adminPassword: values.ICECAST_ADMIN_PASSWORD ?? null,
      sourcePassword: values.ICECAST_SOURCE_PASSWORD ?? null,
      relayPassword: values.ICECAST_RELAY_PASSWORD ?? null,
      hostname: values.ICECAST_HOSTNAME,
      maxClients: values.ICECAST_MAX_CLIENTS,
    },
  }) satisfies Partial<Config>;

/** `aac:96k`, as the schema has checked it. */
const toRendition = (item: string): Config['renditionsAhead'][number] => {
  const [format, quality = null] = item.split(':');
  return { format: format as Config['audioFormat'], quality };
};

const services = (values: EnvironmentValues) =>
  ({
    transcription: {
      engine: values.TRANSCRIPTION_ENGINE,
      apiUrl: values.TRANSCRIPTION_API_URL ?? null,
      apiKey: values.TRANSCRIPTION_API_KEY ?? null,
      apiModel: values.TRANSCRIPTION_API_MODEL ?? null,
      auto: values.TRANSCRIPTION_AUTO,
      language: values.TRANSCRIPTION_LANGUAGE,
      timeoutMs: values.TRANSCRIPTION_TIMEOUT * 1000,
    },
    llm: serverOf(values.LLM_API_URL, values.LLM_API_KEY),
    embeddings: serverOf(values.EMBEDDINGS_API_URL, values.EMBEDDINGS_API_KEY),
    modelsUrl: values.MODELS_URL ?? null,
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.MAIL_FROM ?? null,
    vapid: pushKeysOf(values),
    smsWebhookUrl: values.SMS_WEBHOOK_URL ?? null,
  }) satisfies Partial<Config>;

const serverOf = (apiUrl: string | undefined, apiKey: string | undefined): Config['llm'] =>
  apiUrl === undefined ? null : { apiUrl: withoutSlash(apiUrl), apiKey: apiKey ?? null };

const pushKeysOf = (values: EnvironmentValues): Config['vapid'] => {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: subject } = values;
  if (publicKey === undefined || privateKey === undefined || subject === undefined) return null;
  return { publicKey, privateKey, subject };
};

/** Freezes a plain object and all that it holds. */
const freeze = <Value extends object>(value: Value): Value => {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null && !Object.isFrozen(inner)) freeze(inner);
  }
  return Object.freeze(value);
};
