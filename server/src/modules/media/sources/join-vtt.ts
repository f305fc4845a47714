/** MPEG clocks tick 90,000 times a second and begin again after 2³³. */
const clockHz = 90_000;

/**
 * One WebVTT file of an HLS list's pieces. Each may shift its own times (`X-TIMESTAMP-MAP`, RFC 8216 §3.5); the first
 * is taken to begin with the sound. A cue that reaches into the next piece is repeated there, and told once.
 */
export function joinVtt(pieces: readonly string[]): string {
  let first: number | null = null;
  const cues = new Set<string>();
  for (const piece of pieces) {
    const [header = '', ...blocks] = piece
      .replace(/^\ufeff/, '')
      .replace(/\r\n?/g, '\n')
      .split(/\n{2,}/);
    if (!header.startsWith('WEBVTT')) continue;
    const offset = offsetMs(header);
    if (offset !== null) first ??= offset;
    const shiftMs = offset === null || first === null ? 0 : offset - first;
    for (const block of blocks) {
      const cue = block.trim();
      if (cue.includes('-->')) cues.add(shifted(cue, shiftMs));
    }
  }
  return `WEBVTT\n\n${[...cues].join('\n\n')}\n`;
}

/** What is to be added to a piece's times to be on the clock of the stream. */
function offsetMs(header: string): number | null {
  const map = /^X-TIMESTAMP-MAP=(.+)$/m.exec(header)?.[1] ?? '';
  const ticks = /MPEGTS:(\d{1,12})/.exec(map)?.[1];
  const local = /LOCAL:([\d:.]{5,20})/.exec(map)?.[1];
  if (ticks === undefined || local === undefined) return null;
  return (Number(ticks) / clockHz) * 1000 - msOf(local);
}

const times = /((?:\d{2,}:)?\d{2}:\d{2}\.\d{3})([ \t]+-->[ \t]+)((?:\d{2,}:)?\d{2}:\d{2}\.\d{3})/;

function shifted(cue: string, shiftMs: number): string {
  if (shiftMs === 0) return cue;
  return cue.replace(times, (_all, start: string, arrow: string, end: string) => {
    return `${timeOf(msOf(start) + shiftMs)}${arrow}${timeOf(msOf(end) + shiftMs)}`;
  });
}

function msOf(time: string): number {
  return Math.round(time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000);
}

function timeOf(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = Math.floor(whole / 1000);
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${clock}.${String(whole % 1000).padStart(3, '0')}`;
}
