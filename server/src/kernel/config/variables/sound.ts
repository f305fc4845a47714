import { isHost, isHostOrRange } from '../accepts.ts';
import { choice, flag, integer, list, optional, secret, text } from '../variable.ts';

/** Extraction, renditions and the live station. */
export const soundVariables = {
  MAX_CONCURRENT_EXTRACTIONS: integer(
    'Extractions at once, in all workers together.',
    { minimum: 1, maximum: 64 },
    { default: 3 },
  ),
  EXTRACTION_TIMEOUT: integer(
    'Seconds after which an extraction is given up.',
    { minimum: 1, maximum: 86_400 },
    {
      default: 1800,
    },
  ),
  UPLOAD_MAX_GB: integer(
    'Largest file that may be uploaded, in gigabytes (10⁹ bytes).',
    { minimum: 1, maximum: 100_000 },
    { default: 100 },
  ),
  UPLOAD_EXPIRY_HOURS: integer(
    'Hours that an unfinished upload is kept after its last byte.',
    { minimum: 1, maximum: 8_760 },
    { default: 72 },
  ),
  EXTRACTION_ALLOWED_HOSTS: optional(
    list('Private hosts that may be fetched all the same.', {
      expects: 'a host, host:port or range of addresses',
      accepts: isHostOrRange,
    }),
  ),
  AUDIO_FORMAT: choice('Format of extracted sound.', ['mp3', 'aac', 'opus', 'wav', 'flac'], {
    default: 'mp3',
  }),
  AUDIO_BITRATE: text('Bit rate of extracted sound.', {
    default: '192k',
    expects: 'a bit rate from 16k to 510k',
    accepts: (value) =>
      /^\d{2,3}k$/.test(value) && Number.parseInt(value, 10) >= 16 && Number.parseInt(value, 10) <= 510,
  }),
  RENDITIONS_AHEAD: list(
    'Renditions that each recording gets at once, beside its own format: a format, or a format and its bit rate.',
    {
      expects: 'a format, or a format and a rate of 64k to 320k such as aac:96k',
      accepts: (item) => /^((mp3|aac|opus)(:(64|96|128|160|192|256|320)k)?|wav|flac)$/.test(item),
    },
    { default: ['mp3', 'aac:128k'] },
  ),
  MAX_WAITING_RENDITIONS: integer(
    'Renditions on demand that may wait; who asks for another is told when to come again.',
    { minimum: 1, maximum: 10_000 },
    { default: 64 },
  ),
  FFMPEG_THREADS: integer('Threads that each ffmpeg may use.', { minimum: 1, maximum: 64 }, { default: 2 }),
  FFMPEG_PATH: optional(
    text('ffmpeg to use, ffprobe beside it.', {
      derived: 'the one on PATH, else the bundled one',
    }),
  ),
  FFMPEG_ALLOW_OLD: flag('Allow the bundled ffmpeg of 2018 in production.', { default: false }),
  YTDLP_PATH: optional(
    text('yt-dlp to use for pages; `off` for none.', { derived: 'the one on PATH, if any' }),
  ),
  ICECAST_ADMIN_PASSWORD: optional(secret('Password of /admin on the live port.')),
  ICECAST_SOURCE_PASSWORD: optional(secret('The station’s password for encoders.')),
  ICECAST_RELAY_PASSWORD: optional(secret('Password of relays.')),
  ICECAST_HOSTNAME: text('Host name reported to listeners.', {
    default: 'localhost',
    expects: 'a host name',
    accepts: isHost,
  }),
  ICECAST_MAX_CLIENTS: integer('Listeners at once.', { minimum: 1, maximum: 1_000_000 }, { default: 1000 }),
};
