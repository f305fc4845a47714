import { accessSync, constants, statSync } from 'node:fs';
import { notUsedYet } from './not-used-yet.ts';
import type { ReadValues } from './read-values.ts';

/** Sentences about variables that are each fine and don't go together. */
export interface Findings {
  faults: string[];
  notices: string[];
}

/** Checks what no single variable's schema can: pairs, and what staging and production refuse. */
export const checkRules = (read: ReadValues): Findings => {
  const findings: Findings = { faults: [], notices: [] };
  for (const rule of [keys, origins, ports, administrator, storage, mail, push, engine, tools, leftovers]) {
    rule(read, findings);
  }
  return findings;
};

type Rule = (read: ReadValues, findings: Findings) => void;

const isStrict = ({ values }: ReadValues) => values.ENVIRONMENT !== 'development';

const keys: Rule = (read, { faults, notices }) => {
  const { SECRET_KEY: key, ENVIRONMENT: environment, DATABASE_URL: database } = read.values;
  const weakness = key === undefined ? undefined : weaknessOf(key);
  if (weakness !== undefined && isStrict(read))
    faults.push(`SECRET_KEY ${weakness}; ${environment} needs a random one.`);
  else if (weakness !== undefined)
    notices.push(`SECRET_KEY ${weakness}; staging and production would refuse it.`);
  if (key === undefined && isStrict(read) && database !== undefined) {
    notices.push(
      'SECRET_KEY is not set, so this machine made its own in DATA_DIR/secrets: give the same one to every machine.',
    );
  }
  for (const name of ['SIGNING_KEY', 'INTERNAL_API_KEY'] as const) {
    const length = read.values[name]?.length ?? 32;
    if (length < 16) notices.push(`${name} has only ${length} characters; 32 or more are advised.`);
  }
};

const weaknessOf = (key: string): string | undefined => {
  if (key.length < 32) return `has ${key.length} characters, and must have 32 or more (64 advised)`;
  if (new Set(key).size < 8) return 'repeats the same few characters';
  return /change.?(me|this|in)|your.{0,12}(secret|key)|placeholder/i.test(key)
    ? 'looks like the one of an example'
    : undefined;
};

const origins: Rule = (read, { faults, notices }) => {
  if (!read.values.CORS_ORIGINS?.includes('*')) return;
  const name = read.given.get('CORS_ORIGINS') ?? 'CORS_ORIGINS';
  if (read.values.ENVIRONMENT === 'production') {
    faults.push(`${name} must name the sites that may call the API: * is refused in production.`);
  } else {
    notices.push(`${name} is *: every site may call the API. Production refuses that.`);
  }
};

const ports: Rule = ({ values, given }, { faults }) => {
  const { PORT: port, LIVE_PORT: live } = values;
  const name = given.get('PORT') ?? 'PORT';
  if (live === undefined && port === 65_535)
    faults.push(`LIVE_PORT must be set, as ${name} is the last port there is.`);
  if (live !== undefined && live === port && port !== 0) {
    faults.push(`LIVE_PORT must differ from ${name}, and both are ${port}.`);
  }
};

const administrator: Rule = ({ values }, { faults }) => {
  const { INITIAL_ADMIN_EMAIL: email, INITIAL_ADMIN_PASSWORD: password } = values;
  if ((email === undefined) !== (password === undefined)) {
    const missing = email === undefined ? 'EMAIL' : 'PASSWORD';
    faults.push(`INITIAL_ADMIN_${missing} is missing: the address and the password go together.`);
  }
  if (password !== undefined && password.length < 8) {
    faults.push('INITIAL_ADMIN_PASSWORD must have 8 characters or more.');
  }
};

const storage: Rule = ({ values, given }, { faults, notices }) => {
  const names = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
  const some = names.find((name) => given.has(name));
  if (some === undefined) return;
  for (const name of names.slice(1)) {
    if (values[name] === undefined && name !== some) faults.push(`${name} is missing: ${some} needs it.`);
  }
  if (values.X_ACCEL_PREFIX !== undefined) {
    notices.push('X_ACCEL_PREFIX has no effect with S3_BUCKET: nginx cannot send what lies in a bucket.');
  }
};

const mail: Rule = ({ values }, { faults }) => {
  if (values.SMTP_URL !== undefined && values.MAIL_FROM === undefined) {
    faults.push('MAIL_FROM is missing: SMTP_URL needs a sender.');
  }
};

const push: Rule = ({ values, given }, { faults }) => {
  const names = ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_SUBJECT'] as const;
  const some = names.find((name) => given.has(name));
  if (some === undefined) return;
  for (const name of names) {
    if (values[name] === undefined) faults.push(`${name} is missing: the VAPID variables go together.`);
  }
};

const engine: Rule = ({ values }, { faults }) => {
  if (values.TRANSCRIPTION_ENGINE === 'http' && values.TRANSCRIPTION_API_URL === undefined) {
    faults.push('TRANSCRIPTION_API_URL is missing: TRANSCRIPTION_ENGINE is http.');
  }
};

const tools: Rule = ({ values }, { faults }) => {
  for (const name of ['FFMPEG_PATH', 'YTDLP_PATH'] as const) {
    const path = values[name];
    if (path?.includes('/') && !isProgram(path))
      faults.push(`${name} names ${path}, which is not a program.`);
  }
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const leftovers: Rule = (read, { notices }) => {
  const { values, given } = read;
  if (values.DEBUG && isStrict(read)) notices.push(`DEBUG is on in ${values.ENVIRONMENT}.`);
  const celery = ['CELERY_BROKER_URL', 'CELERY_RESULT_BACKEND'].filter((name) => given.has(name));
  if (celery.length > 0) {
    notices.push(`${celery.join(' and ')}: accepted, and not used. The queue lives in PostgreSQL.`);
  }
  if (values.REDIS_PASSWORD !== undefined && values.REDIS_URL === undefined) {
    notices.push('REDIS_PASSWORD is not used, as REDIS_URL is not set.');
  }
  const early = notUsedYet.filter((name) => given.has(name));
  if (early.length > 0) {
    notices.push(`${early.join(', ')}: checked, and without effect in this version.`);
  }
};
