import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Programs of the machine that some tests need beside what npm brings, and what brings them on Debian. */
const PARTS = {
  ffmpeg: { programs: ['ffmpeg'], folders: [], from: 'apt-get install ffmpeg' },
  chromium: {
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    folders: [],
    from: 'apt-get install chromium',
  },
  postgres: {
    programs: ['postgres'],
    folders: ['/usr/lib/postgresql/15/bin'],
    from: 'apt-get install postgresql-15',
  },
  redis: { programs: ['redis-server'], folders: ['/usr/bin'], from: 'apt-get install redis-server' },
  nginx: { programs: ['nginx'], folders: ['/usr/sbin'], from: 'apt-get install nginx' },
  flite: { programs: ['flite'], folders: [], from: 'apt-get install flite' },
  pocketsphinx: {
    programs: ['pocketsphinx_continuous'],
    folders: [],
    from: 'apt-get install pocketsphinx pocketsphinx-en-us',
  },
  mpv: { programs: ['mpv'], folders: [], from: 'apt-get install mpv' },
  ytdlp: { programs: ['yt-dlp'], folders: [], from: 'apt-get install yt-dlp' },
  espeak: { programs: ['espeak-ng'], folders: [], from: 'apt-get install espeak-ng' },
} as const;

export type Part = keyof typeof PARTS;

/** The part's program, or null when this machine does not have it. */
export function findPart(part: Part): string | null {
  const { programs, folders } = PARTS[part];
  const places = [...folders, ...(process.env.PATH ?? '').split(path.delimiter)];
  for (const folder of places) {
    for (const program of programs) {
      const file = path.join(folder, program);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here: look further.
      }
    }
  }
  return null;
}

/** The part's program, for a test that has already decided to run. */
export function partPath(part: Part): string {
  const file = findPart(part);
  if (file === null) throw new Error(`${part} is missing: ${PARTS[part].from}`);
  return file;
}

/**
 * Why a test must be skipped here, or null when it can run. With REQUIRE_PARTS=1 (continuous integration) nothing
 * is skipped: the test runs, and fails on the missing part.
 */
export function missingParts(...parts: Part[]): string | null {
  if (process.env.REQUIRE_PARTS === '1') return null;
  const missing = parts.filter((part) => findPart(part) === null);
  if (missing.length === 0) return null;
  return `needs ${missing.map((part) => `${part} (${PARTS[part].from})`).join(', ')}`;
}
