import { isHost, isTimeZone } from '../accepts.ts';
import { choice, flag, integer, optional, text } from '../variable.ts';

const port = { minimum: 0, maximum: 65_535 };

/** Where the program listens, keeps its files and writes its logs. */
export const processVariables = {
  ENVIRONMENT: choice(
    'What kind of installation this is. Staging and production refuse weak settings.',
    ['development', 'staging', 'production'],
    { default: 'development' },
  ),
  HOST: optional(
    text('Address to listen on.', {
      expects: 'a host name or an IP address',
      accepts: isHost,
      derived: '127.0.0.1 in development, else 0.0.0.0',
    }),
  ),
  PORT: integer('Port of the API and of the page; 0 takes any free one.', port, {
    default: 8000,
    aliases: ['APP_PORT'],
  }),
  LIVE_PORT: optional(
    integer('Port where encoders and listeners of the live role connect.', port, {
      derived: 'PORT + 1',
    }),
  ),
  API_WORKERS: integer(
    'API processes that `./antenne start` runs.',
    { minimum: 1, maximum: 256 },
    {
      default: 1,
      aliases: ['WORKERS'],
    },
  ),
  DEBUG: flag(
    'Logs at level debug unless LOG_LEVEL asks for less than info. Never changes what a client is told.',
    { default: false },
  ),
  APP_NAME: text('Name shown in the page, in documents and in mail.', {
    default: 'Antenne',
    aliases: ['PROJECT_NAME'],
  }),
  VERSION: optional(text('Version reported by /health.', { derived: 'the one of package.json' })),
  TZ: optional(
    text('Time zone of logs and of the station’s day, such as Europe/Paris.', {
      expects: 'a time zone such as Europe/Paris',
      accepts: isTimeZone,
      derived: 'the machine’s',
    }),
  ),
  DATA_DIR: text('Folder of everything that is kept: database, sound, generated secrets.', {
    default: './data',
  }),
  LOG_LEVEL: choice('Least serious level that is logged.', ['debug', 'info', 'warning', 'error'], {
    default: 'info',
  }),
  LOG_FORMAT: optional(
    choice('One JSON object or one line of text per entry.', ['json', 'text'], {
      derived: 'text in development, else json',
    }),
  ),
  LOG_FILE: optional(text('File to write logs to, rotated; standard output when empty.')),
  PROMETHEUS_METRICS: flag('Serve /metrics.', { default: true }),
};
