import { open, readFile } from 'node:fs/promises';
import { MediaError } from '../../../kernel/media/tools.ts';
import { type Download, download, headBytes } from '../../../kernel/net/download.ts';
import { AddressRefused, FetchFailed } from '../../../kernel/net/errors.ts';
import type { FetchedReply, GuardedFetch } from '../../../kernel/net/guarded-fetch.ts';
import type { Storage } from '../../../kernel/storage/storage.ts';
import { chooseHls } from './choose-hls.ts';
import { decodeText } from './decode-text.ts';
import { documentKind, isDressedPlaylist, isEndlessReply } from './document-kind.ts';
import { type Found, plainlyFound } from './found.ts';
import { readSimpleChapters } from './podcast-chapters.ts';
import { readDash } from './read-dash.ts';
import { chooseItem, readFeed } from './read-feed.ts';
import { isMaster, readHls } from './read-hls.ts';
import { readPage } from './read-page.ts';
import type { SegmentedSound } from './segmented-sound.ts';
import { badPlaylist, liveStream, SourceFault } from './source-fault.ts';

/** What is being done, as it is told to people. */
export type ResolveStep = 'asking' | 'page' | 'feed' | 'playlist' | 'download';

/** An address, and what looking at it needs. */
export interface ResolveRequest {
  fetch: GuardedFetch;
  storage: Storage;
  /** With its fragment, which names an item of a feed. */
  address: string;
  /** Spoken in the recording, as far as somebody said so. */
  language: string | null;
  signal: AbortSignal;
  onStep: (step: ResolveStep) => void;
  onProgress: (receivedBytes: number, totalBytes: number | null) => void;
  /** Told where the sound really lies before it is taken; what it throws ends everything. */
  onSource: (address: string) => Promise<void>;
}

/** The sound behind an address: a file that is there, or pieces to fetch. */
export type Resolved = { found: Found } & (
  | { media: 'file'; download: Download }
  | { media: 'segments'; sound: SegmentedSound; address: string }
);

/** Larger documents are no lists for people or players. */
export const largestDocument = 8 * 1024 * 1024;
/** Sounds of a page that are tried before it is given up. */
const mostCandidates = 6;

/**
 * Finds out what is at an address, by content, and brings its sound or says of which pieces it is made. A page or a
 * feed may lead to sound, never to another page. Throws SourceFault, MediaError, AddressRefused, FetchFailed.
 */
export async function resolveSource(request: ResolveRequest): Promise<Resolved> {
  const answer = await ask(request, request.address);
  if (answer.kind === 'feed') return fromFeed(request, answer);
  if (answer.kind === 'page') return fromPage(request, answer);
  return soundOf(request, answer);
}

/** What an address answered with: a document's text, or a file. */
type Answer =
  | { kind: 'file'; download: Download; address: string }
  | {
      kind: Exclude<ReturnType<typeof documentKind>, null>;
      text: string;
      contentType: string | null;
      /** After redirects. */
      address: string;
    };

async function ask(request: ResolveRequest, address: string): Promise<Answer> {
  const { fetch, storage, signal, onProgress } = request;
  request.onStep('asking');
  let isSound = false;
  const fetched = await download({
    fetch,
    storage,
    address,
    signal,
    // Short hiccups end here; what lasts longer goes back to the queue, which waits longer.
    maxAttempts: 3,
    onReply: async (reply) => inspect(request, reply),
    limitFor: (head) => {
      isSound = documentKind(head) === null;
      return isSound ? Number.POSITIVE_INFINITY : largestDocument;
    },
    // A page that is read whole is no sound that is fetched whole.
    onProgress: (received, total) => isSound && onProgress(received, total),
  });
  const { draft, finalUrl, contentType } = fetched;
  try {
    const head = await firstBytes(draft.path, draft.bytesWritten);
    const kind = documentKind(head);
    if (kind === null) return { kind: 'file', download: fetched, address: finalUrl };
    const text = decodeText(await readFile(draft.path), fetched.charset);
    await draft.abandon();
    return { kind, text, contentType, address: finalUrl };
  } catch (error) {
    await draft.abandon();
    throw error;
  }
}

async function inspect(request: ResolveRequest, reply: FetchedReply): Promise<void> {
  if (reply.status !== 200) return;
  if (isEndlessReply(reply.headers)) throw liveStream();
  const type = reply.headers['content-type'] ?? '';
  // The rest is told once it is known what it is.
  if (/^(audio|video)\//.test(type) && !/mpegurl/i.test(type)) {
    request.onStep('download');
    await request.onSource(reply.finalUrl);
  }
}

async function firstBytes(path: string, size: number): Promise<Buffer> {
  if (size <= headBytes) return readFile(path);
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer;
  } finally {
    await file.close();
  }
}

/** A file, or a list of pieces; anything else is no sound. */
async function soundOf(request: ResolveRequest, answer: Answer): Promise<Resolved> {
  if (answer.kind === 'file') {
    await checkSource(request, answer);
    return { found: plainlyFound('file'), media: 'file', download: answer.download };
  }
  if (answer.kind === 'hls') return fromHls(request, answer.text, answer.address, answer.contentType);
  if (answer.kind === 'dash') return fromDash(request, answer.text, answer.address);
  if (answer.kind === 'address-list') {
    throw new SourceFault(
      'no-sound-found',
      'This is a list of addresses. Give the address of one recording.',
    );
  }
  throw new MediaError('not-audio', 'What is at this address is text, and neither audio nor video');
}

async function checkSource(
  request: ResolveRequest,
  { download: fetched, address }: Extract<Answer, { kind: 'file' }>,
) {
  try {
    if (fetched.draft.bytesWritten === 0)
      throw new MediaError('broken', 'The address answers with an empty file');
    await request.onSource(address);
  } catch (error) {
    await fetched.draft.abandon();
    throw error;
  }
}

async function fromHls(
  request: ResolveRequest,
  text: string,
  address: string,
  contentType: string | null,
): Promise<Resolved> {
  if (isDressedPlaylist(address, contentType)) {
    throw new SourceFault('disguised', 'This address claims to be a sound, and answers with a playlist.');
  }
  request.onStep('playlist');
  await request.onSource(address);
  const found = plainlyFound('hls');
  if (!isMaster(text)) return segments(request, found, readHls(text, address), address);
  const choice = chooseHls(text, address, request.language);
  const child = await ask(request, choice.address);
  if (child.kind !== 'hls' || isMaster(child.text)) throw badPlaylist('the stream that it names is none');
  const captions = choice.captions.map((one) => ({ ...one, isHls: true }));
  return segments(request, { ...found, captions }, readHls(child.text, child.address), child.address);
}

async function fromDash(request: ResolveRequest, text: string, address: string): Promise<Resolved> {
  request.onStep('playlist');
  await request.onSource(address);
  const { title, captions, ...sound } = readDash(text, address, request.language);
  const found = {
    ...plainlyFound('dash'),
    title,
    captions: captions.map((one) => ({ ...one, isHls: false })),
  };
  return segments(request, found, sound, address);
}

/** Pieces to fetch; one that is a whole file is fetched as such, which can go on where it stopped. */
async function segments(
  request: ResolveRequest,
  found: Found,
  sound: SegmentedSound,
  address: string,
): Promise<Resolved> {
  const [only] = sound.runs;
  const [piece] = only?.segments ?? [];
  const isWhole = sound.runs.length === 1 && only?.init === null && only.segments.length === 1;
  if (!isWhole || !piece || piece.key !== null || piece.stretch !== null)
    return { found, media: 'segments', sound, address };
  const answer = await ask({ ...request, onSource: async () => {} }, piece.address);
  if (answer.kind === 'file') return { found, media: 'file', download: answer.download };
  throw badPlaylist('what it names is no sound');
}

async function fromFeed(
  request: ResolveRequest,
  answer: { text: string; address: string },
): Promise<Resolved> {
  request.onStep('feed');
  const named = fragmentOf(request.address);
  const items = readFeed(answer.text, answer.address);
  const item = chooseItem(items, named);
  if (item === null) {
    const why = named === null ? 'has no item with sound' : 'has no such item with sound';
    throw new SourceFault('no-sound-found', `The feed at this address ${why}.`);
  }
  await request.onSource(item.enclosure);
  const resolved = await soundOf(request, await ask(request, item.enclosure));
  const feed = new URL(request.address);
  feed.hash = encodeURIComponent(item.guid);
  const { found } = resolved;
  return {
    ...resolved,
    found: {
      ...found,
      kind: 'feed',
      title: item.title ?? found.title,
      language: item.language,
      ownAddress: feed.href.length <= 2048 ? feed.href : null,
      captions: [
        ...item.transcripts.map(({ address, language }) => ({ address, language, isHls: false })),
        ...found.captions,
      ],
      chapters: readSimpleChapters(item.chapters),
      chaptersAddress: item.chaptersAddress,
    },
  };
}

function fragmentOf(address: string): string | null {
  const fragment = new URL(address).hash.slice(1);
  if (fragment === '') return null;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** The first of a page's sounds that is one. Without any, whoever knows sites by name may try. */
async function fromPage(
  request: ResolveRequest,
  answer: { text: string; address: string },
): Promise<Resolved> {
  request.onStep('page');
  const page = readPage(answer.text, answer.address);
  const nothing = new SourceFault('no-sound-found', 'No sound was found on this page.', { isOfPage: true });
  let last: unknown = nothing;
  for (const candidate of page.media.slice(0, mostCandidates)) {
    try {
      const { found, ...resolved } = await soundOf(request, await ask(request, candidate.address));
      const captions = candidate.captions.map((one) => ({ ...one, isHls: false }));
      return {
        ...resolved,
        found: {
          ...found,
          kind: 'page',
          title: candidate.title ?? page.title ?? found.title,
          language: page.language,
          captions: [...captions, ...found.captions],
        },
      };
    } catch (error) {
      if (!isOfOneSound(error)) throw error;
      last = error;
    }
  }
  // A page whose every sound leads elsewhere than the web, or is protected, is told so.
  if (last instanceof AddressRefused || (last instanceof SourceFault && last.code !== 'no-sound-found'))
    throw last;
  throw nothing;
}

/** Says nothing of the page's other sounds. */
function isOfOneSound(error: unknown): boolean {
  if (error instanceof SourceFault) return error.code !== 'already-imported';
  if (error instanceof FetchFailed) return error.failure === 'status' || error.failure === 'encoding';
  return error instanceof AddressRefused || error instanceof MediaError;
}
