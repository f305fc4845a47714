import { Writable } from 'node:stream';
import pino from 'pino';

/** The program's logger; children carry `name` (role or module). */
export type Logger = pino.Logger;

/** Where lines go, in which form, from which level on. */
export interface LogOptions {
  /** Role of the process, the first part of each line's name. */
  name: string;
  level: 'debug' | 'info' | 'warn' | 'error';
  format: 'json' | 'text';
  /** Rotated daily and at 50 MB when given; else standard output. */
  file: string | null;
}

// Whatever a header, query or body could carry by mistake; pino replaces it before the line is made.
const REDACTED_PATHS = [
  'req.headers.authorization',
  'req.headers.cookie',
  'headers.authorization',
  'headers.cookie',
  '*.password',
  '*.access_token',
  '*.refresh_token',
  '*.token',
  '*.secretKey',
];

/** Opens the log; JSON lines, or `time [LEVEL] name: message` as the older systems' readers expect. */
export function openLog(options: LogOptions): Logger {
  const settings: pino.LoggerOptions = {
    name: options.name,
    level: options.level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED_PATHS, censor: '[hidden]' },
  };
  if (options.file !== null) {
    return pino(settings, pino.transport(rotatedFile(options.file, options.level)));
  }
  if (options.format === 'text') return pino(settings, textLines(process.stdout));
  // Lines leave in batches of 4 kB: a synchronous write per request costs more than the request.
  const destination = pino.destination({ fd: 1, minLength: 4096, sync: false, periodicFlush: 500 });
  return pino(settings, destination);
}

function rotatedFile(file: string, level: LogOptions['level']) {
  return {
    target: 'pino-roll',
    level,
    options: { file, frequency: 'daily', size: '50m', mkdir: true, limit: { count: 14 } },
  };
}

interface Line {
  time: string;
  level: string;
  name?: string;
  msg?: string;
  [field: string]: unknown;
}

const KNOWN_FIELDS = new Set(['time', 'level', 'name', 'msg', 'pid']);

/** Turns one JSON line into `time [LEVEL] name: message key=value`. */
export function toTextLine(json: string): string {
  const line = JSON.parse(json) as Line;
  const rest = Object.entries(line)
    .filter(([key]) => !KNOWN_FIELDS.has(key))
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
    .join('');
  return `${line.time} [${line.level.toUpperCase()}] ${line.name ?? ''}: ${line.msg ?? ''}${rest}\n`;
}

function textLines(out: NodeJS.WritableStream): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      out.write(toTextLine(String(chunk)));
      done();
    },
  });
}
