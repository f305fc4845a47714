import { isHost, isHostOrRange } from '../accepts.ts';
import { choice, flag, integer, list, optional, secret, text } from '../variable.ts';

/** Extraction, renditions and the live station. */
export const soundVariables = {
  MAX_CONCURRENT_EXTRACTIONS: integer('Extractions at once.', { minimum: 1, maximum: 64 }, { default: 3 }),
  EXTRACTION_TIMEOUT: integer(
    'Seconds after which an extraction is given up.',
    { minimum: 1, maximum: 86_400 },
    {
      default: 1800,
    },
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
  FFMPEG_THREADS: integer('Threads that each ffmpeg may use.', { minimum: 1, maximum: 64 }, { default: 2 }),
  FFMPEG_PATH: optional(
    text('ffmpeg to use, ffprobe beside it.', {
      derived: 'the one on PATH, else the bundled one',
    }),
  ),
  FFMPEG_ALLOW_OLD: flag('Allow the bundled ffmpeg of 2018 in production.', { default: false }),
  YTDLP_PATH: optional(text('yt-dlp to use.', { derived: 'the one on PATH, if any' })),
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
