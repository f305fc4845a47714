import type { MarkedChapter } from '../../../kernel/media/marked-chapter.ts';
import type { GuardedFetch } from '../../../kernel/net/guarded-fetch.ts';
import { decodeText } from './decode-text.ts';
import type { CaptionsRef, Found } from './found.ts';
import { joinVtt } from './join-vtt.ts';
import { readPodcastChapters } from './podcast-chapters.ts';
import { readHls } from './read-hls.ts';

/** Captions as they came, for whoever makes text of them. */
export interface Captions {
  language: string | null;
  /** The last part of the address, which may tell its format. */
  name: string;
  bytes: Buffer;
}

/** What goes with the sound. */
export interface Companions {
  captions: Captions[];
  chapters: MarkedChapter[];
}

const mostCaptions = 5;
const largestCaptions = 4 * 1024 * 1024;
const largestChapters = 1024 * 1024;
const mostPieces = 20_000;
const patienceMs = 30_000;
/** All of them together: nobody waits for a sound because its captions are slow. */
const wholePatienceMs = 120_000;

/** Fetches captions and chapters. What cannot be had is left out: the sound is whole without it. */
export async function fetchCompanions(
  fetch: GuardedFetch,
  { captions, chapters, chaptersAddress }: Pick<Found, 'captions' | 'chapters' | 'chaptersAddress'>,
  { signal, onMissing }: { signal: AbortSignal; onMissing: (error: unknown) => void },
): Promise<Companions> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(wholePatienceMs)]);
  const attempt = async <T>(work: () => Promise<T>, without: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      onMissing(error);
      return without;
    }
  };
  const kept: Captions[] = [];
  for (const one of captions) {
    if (kept.length === mostCaptions) break;
    const fetched = await attempt(() => fetchOne(fetch, one, limited), null);
    if (fetched && fetched.bytes.length > 0) kept.push(fetched);
  }
  const marked =
    chaptersAddress === null
      ? chapters
      : await attempt(async () => {
          const bytes = await fetchWhole(fetch, chaptersAddress, limited, largestChapters);
          return readPodcastChapters(decodeText(bytes, null));
        }, chapters);
  return { captions: kept, chapters: marked.length > 0 ? marked : chapters };
}

async function fetchOne(fetch: GuardedFetch, one: CaptionsRef, signal: AbortSignal): Promise<Captions> {
  const { address, language } = one;
  const name = new URL(address).pathname.split('/').at(-1)?.slice(0, 200) || 'captions';
  if (!one.isHls) return { language, name, bytes: await fetchWhole(fetch, address, signal, largestCaptions) };
  const list = decodeText(await fetchWhole(fetch, address, signal, largestCaptions), null);
  const pieces = readHls(list, address).runs.flatMap(({ segments }) => segments);
  const texts: string[] = [];
  let bytes = 0;
  for (const piece of pieces.slice(0, mostPieces)) {
    const text = await fetchWhole(fetch, piece.address, signal, largestCaptions - bytes);
    bytes += text.length;
    texts.push(decodeText(text, null));
  }
  return { language, name: 'captions.vtt', bytes: Buffer.from(joinVtt(texts)) };
}

async function fetchWhole(
  fetch: GuardedFetch,
  address: string,
  signal: AbortSignal,
  maxBytes: number,
): Promise<Buffer> {
  const reply = await fetch(address, { signal, maxBytes, totalTimeoutMs: patienceMs });
  if (reply.status !== 200) {
    reply.body.destroy();
    throw new Error(`captions or chapters were answered with status ${reply.status}`);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of reply.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
