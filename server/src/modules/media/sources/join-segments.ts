import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { MediaTools } from '../../../kernel/media/tools.ts';
import type { CommittedFile, Draft, Storage } from '../../../kernel/storage/storage.ts';

/** Pieces that are all there, and the file that they become. */
export interface JoinSegmentsRequest {
  media: Pick<MediaTools, 'joinSounds'>;
  storage: Storage;
  runs: readonly (readonly string[])[];
  durationMs: number;
  key: string;
  signal: AbortSignal;
}

/** More runs than a decoder is opened for. */
const mostRuns = 200;

/**
 * One run is kept as it came, byte for byte behind one another, without any program; several have clocks or codecs of
 * their own and are decoded and kept as FLAC.
 */
export async function joinSegments(request: JoinSegmentsRequest): Promise<CommittedFile> {
  const { runs, storage, key, signal } = request;
  // A transport stream that begins anew so often carries clocks that every decoder mends by itself.
  if (runs.length === 1 || runs.length > mostRuns) {
    const draft = await storage.create({ signal });
    try {
      await append(draft, runs.flat());
      return await draft.commit(key);
    } finally {
      await draft.abandon();
    }
  }
  return joinRuns(request);
}

async function joinRuns(request: JoinSegmentsRequest): Promise<CommittedFile> {
  const { media, runs, storage, key, signal, durationMs } = request;
  const drafts: Draft[] = [];
  const scratch = await storage.scratch();
  try {
    for (const paths of runs) {
      const draft = await storage.create({ signal });
      drafts.push(draft);
      await append(draft, paths);
    }
    const outputPath = path.join(scratch.path, 'joined.flac');
    const inputPaths = drafts.map((draft) => draft.path);
    await media.joinSounds({ inputPaths, outputPath, expectedMs: durationMs, signal });
    return await storage.adopt(outputPath, key);
  } finally {
    for (const draft of drafts) await draft.abandon();
    await scratch.remove();
  }
}

async function append(draft: Draft, paths: readonly string[]): Promise<void> {
  for (const one of paths) {
    const start = await tagLength(one);
    for await (const chunk of createReadStream(one, { start, highWaterMark: 256 * 1024 }))
      await draft.write(chunk);
  }
}

/** Packed audio has a time stamp in an ID3 tag before each piece (RFC 8216 §3.4), which is noise in the middle. */
async function tagLength(file: string): Promise<number> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(10), 0, 10, 0);
    if (bytesRead < 10 || buffer.toString('latin1', 0, 3) !== 'ID3') return 0;
    const [a = 0, b = 0, c = 0, d = 0] = buffer.subarray(6, 10);
    return 10 + (((a & 127) << 21) | ((b & 127) << 14) | ((c & 127) << 7) | (d & 127));
  } finally {
    await handle.close();
  }
}
