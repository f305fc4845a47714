import { inputArgs, type MediaContext, runTool } from './media-context.ts';
import { MediaError } from './tools.ts';

/** The parts of ffprobe's answer that we use; numbers arrive as text. */
export interface ProbedStream {
  index: number;
  codec_type?: string;
  codec_name?: string;
  sample_rate?: string;
  channels?: number;
  duration?: string;
  bit_rate?: string;
  width?: number;
  height?: number;
  disposition?: { default?: number; attached_pic?: number };
  tags?: Record<string, string>;
}

/** ffprobe's whole answer, as far as it is asked for. */
export interface ProbedFile {
  streams: ProbedStream[];
  format: { duration?: string; bit_rate?: string; tags?: Record<string, string> };
}

const tags = ['title', 'artist', 'album', 'date', 'genre']
  .flatMap((name) => [name, name.toUpperCase()])
  .join(',');
const facts = [
  'format=duration,bit_rate',
  'stream=index,codec_type,codec_name,sample_rate,channels,duration,bit_rate,width,height',
  'stream_disposition=default,attached_pic',
].join(':');
const factsAndTags = `${facts}:format_tags=${tags}:stream_tags=${tags}`;
const probeDeadlineMs = 30_000;
/** A tag may be as long as its writer likes; nobody needs a title of a megabyte. */
const longestAnswerBytes = 512 * 1024;

/** Asks ffprobe about a local file of a known container; once more without tags when they flood the answer. */
export async function askFfprobe(
  context: MediaContext,
  path: string,
  demuxer: string,
  signal: AbortSignal | undefined,
): Promise<ProbedFile> {
  try {
    return await ask(context, path, demuxer, factsAndTags, signal);
  } catch (error) {
    if (!isFlood(error)) throw error;
    return ask(context, path, demuxer, facts, signal);
  }
}

async function ask(
  context: MediaContext,
  path: string,
  demuxer: string,
  entries: string,
  signal: AbortSignal | undefined,
) {
  const { stdout } = await runTool(
    context,
    {
      command: context.info.ffprobePath,
      args: [
        '-hide_banner',
        '-v',
        'error',
        '-show_entries',
        entries,
        '-of',
        'json',
        ...inputArgs(path, demuxer),
      ],
      deadlineMs: probeDeadlineMs,
      maxOutputBytes: longestAnswerBytes,
      signal,
    },
    'broken',
  );
  const answer: unknown = parseJson(stdout.toString());
  if (!isProbedFile(answer)) throw new MediaError('broken', 'The file is damaged and cannot be read');
  return answer;
}

function isFlood(error: unknown): boolean {
  const cause = error instanceof MediaError ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'failure' in cause && cause.failure === 'output';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isProbedFile(value: unknown): value is ProbedFile {
  if (typeof value !== 'object' || value === null || !('streams' in value) || !('format' in value))
    return false;
  return Array.isArray(value.streams) && typeof value.format === 'object' && value.format !== null;
}
