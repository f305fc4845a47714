/** Settings of the running program: validated, derived and frozen before anything starts. */
export interface Config {
  readonly environment: 'development' | 'staging' | 'production';
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  readonly livePort: number;
  /** API processes run by the supervisor. */
  readonly apiWorkers: number;
  readonly appName: string;
  readonly version: string;
  /** IANA name; null leaves the machine's own. */
  readonly timeZone: string | null;
  /** Absolute. */
  readonly dataDir: string;
  readonly log: {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly format: 'json' | 'text';
    /** Absolute; null writes to standard output. */
    readonly file: string | null;
  };
  readonly prometheusMetrics: boolean;

  /** Null: the embedded cluster in `dataDir`. Always `postgresql://`, driver suffix removed. */
  readonly databaseUrl: string | null;
  readonly dbPoolSize: number;
  readonly dbMaxOverflow: number;
  readonly dbEcho: boolean;
  readonly redisUrl: string | null;
  readonly redisPassword: string | null;
  readonly cacheTtl: {
    readonly debatsSeconds: number;
    readonly streamingSeconds: number;
    readonly searchSeconds: number;
  };
  /** Null: sound is kept in `dataDir`. */
  readonly s3: {
    readonly endpoint: string | null;
    readonly bucket: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly region: string;
    /** Listeners are sent to the bucket, where a reply allows it. */
    readonly redirect: boolean;
    /** Local copies of stored files, for tools. */
    readonly cacheBytes: number;
  } | null;
  /** How long removed recordings can be brought back; 0: they are gone at once. */
  readonly trashDays: number;

  readonly secretKey: string;
  readonly signingKey: string;
  readonly internalApiKey: string;
  readonly jwtAlgorithm: 'HS256' | 'HS384' | 'HS512';
  readonly accessTokenMinutes: number;
  /** Null: a one-time set-up link is printed instead. */
  readonly initialAdmin: { readonly email: string; readonly password: string } | null;
  readonly adminProjectName: string;
  readonly rateLimitPerMinute: number;
  /** Origins without a trailing slash, or the single item `*`. */
  readonly corsOrigins: readonly string[];
  /** No trailing slash. */
  readonly frontendUrl: string;
  /** No trailing slash. */
  readonly publicUrl: string;
  /** Addresses and ranges whose X-Forwarded-For is believed; `loopback`, `linklocal`, `uniquelocal` too. */
  readonly trustedProxies: readonly string[];
  /** Ends with a slash. */
  readonly xAccelPrefix: string | null;

  readonly maxConcurrentExtractions: number;
  readonly extractionTimeoutMs: number;
  readonly uploadMaxBytes: number;
  readonly uploadExpiryMs: number;
  /** Hosts, `host:port` or ranges. */
  readonly extractionAllowedHosts: readonly string[];
  readonly audioFormat: 'mp3' | 'aac' | 'opus' | 'wav' | 'flac';
  /** In kbit/s as ffmpeg writes it: `192k`. */
  readonly audioBitrate: string;
  /** What each recording gets beside its own format; without a quality only where it has none of that format. */
  readonly renditionsAhead: readonly {
    readonly format: Config['audioFormat'];
    readonly quality: string | null;
  }[];
  /** Renditions on demand that may wait, of all organisations. */
  readonly maxWaitingRenditions: number;
  readonly ffmpegThreads: number;
  /** Null: PATH, then the bundled one. ffprobe is looked for beside it. */
  readonly ffmpegPath: string | null;
  readonly ffmpegAllowOld: boolean;
  readonly ytdlpPath: string | null;
  readonly icecast: {
    readonly adminPassword: string | null;
    readonly sourcePassword: string | null;
    readonly relayPassword: string | null;
    readonly hostname: string;
    readonly maxClients: number;
  };

  readonly transcription: {
    readonly engine: 'auto' | 'whisper' | 'http' | 'pocketsphinx' | 'none';
    readonly apiUrl: string | null;
    readonly apiKey: string | null;
    /** Null leaves it to the engine. */
    readonly apiModel: string | null;
    /** Whether a recording that becomes ready is transcribed without being asked for. */
    readonly auto: boolean;
    /** BCP 47: of recordings that do not say theirs. */
    readonly language: string;
    readonly timeoutMs: number;
  };
  readonly llm: { readonly apiUrl: string; readonly apiKey: string | null } | null;
  readonly embeddings: { readonly apiUrl: string; readonly apiKey: string | null } | null;
  readonly modelsUrl: string | null;
  readonly smtpUrl: string | null;
  readonly mailFrom: string | null;
  readonly vapid: {
    readonly publicKey: string;
    readonly privateKey: string;
    readonly subject: string;
  } | null;
  readonly smsWebhookUrl: string | null;

  /** Sentences to be said at start: what was accepted but unused, or weak. */
  readonly notices: readonly string[];
}

/** Everything that is wrong with the environment, one plain sentence each, without any secret. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}
