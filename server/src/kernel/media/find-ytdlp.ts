import { isAbsolute } from 'node:path';
import type { ProcessRunner } from './run-process.ts';

/** The setting's word for “none, whatever is installed”. */
const off = 'off';

/** YTDLP_PATH (a path, a bare name, or `off`), then PATH; null without one. */
export async function findYtdlp(
  setting: string | null,
  findProgram: (name: string) => Promise<string | null>,
): Promise<string | null> {
  if (setting === off) return null;
  if (setting !== null && (isAbsolute(setting) || setting.includes('/'))) return setting;
  return findProgram(setting ?? 'yt-dlp');
}

/** What `--version` says, null when it does not run. Takes a second of Python: ask when somebody wants to know. */
export async function ytdlpVersion(run: ProcessRunner['run'], command: string): Promise<string | null> {
  try {
    const { stdout } = await run({ command, args: ['--ignore-config', '--version'], deadlineMs: 30_000 });
    return /^[\w.-]{1,40}/.exec(stdout.toString().trim())?.[0] ?? null;
  } catch {
    return null;
  }
}
