/** What a run is doing, in steps that people understand. */
export const WORK_STEPS = [
  'asking',
  'page',
  'feed',
  'playlist',
  'download',
  'segments',
  'site',
  'joining',
  'captions',
  'probe',
  'encode',
] as const;
/** A name of {@link WORK_STEPS}. */
export type WorkStep = (typeof WORK_STEPS)[number];

/** A step and how far it is: in segments, or in bytes for `download` and `site`; null when that is not known. */
export interface WorkNote {
  step: WorkStep;
  done: number | null;
  total: number | null;
}

const PLAIN: Record<WorkStep, string> = {
  asking: 'Asking the host',
  page: 'Reading the page',
  feed: 'Reading the feed',
  playlist: 'Reading the list of the stream',
  download: 'Fetching the file',
  segments: 'Fetching the segments',
  site: 'Fetching through yt-dlp',
  joining: 'Joining the segments',
  captions: 'Fetching captions and chapters',
  probe: 'Looking at the file',
  encode: 'Encoding and measuring',
};

const MEGABYTE = 1_000_000;

/** The note as a sentence without its full stop: `Fetching 12 of 80 segments`. */
export function plainNote({ step, done, total }: WorkNote): string {
  if (step === 'segments' && done !== null && total !== null) return `Fetching ${done} of ${total} segments`;
  const inBytes = step === 'download' || step === 'site';
  if (!inBytes || done === null) return PLAIN[step];
  const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(1);
  return total === null
    ? `${PLAIN[step]}, ${megabytes(done)} MB so far`
    : `${PLAIN[step]}, ${megabytes(done)} of ${megabytes(total)} MB`;
}
