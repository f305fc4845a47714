import { createWeightedMemory } from '../../../kernel/cache/weighted-memory.ts';
import { type AssembledFile, assembleFile } from '../../../kernel/http/assembled-file.ts';
import type { BodyPart } from '../../../kernel/http/send-file.ts';
import { fragmentHeadBytes, makeFragmentHead, makeInitSegment } from '../../../kernel/media/fmp4.ts';
import { indexM4a, type M4aIndex } from '../../../kernel/media/m4a-index.ts';
import { indexMp3, type Mp3Index } from '../../../kernel/media/mp3-index.ts';
import { makeTimeTag, TIME_TAG_BYTES } from '../../../kernel/media/packed-audio.ts';
import { indexBytes, segmentCount } from '../../../kernel/media/segment-index.ts';
import type { FilePlace } from '../../../kernel/storage/storage.ts';
import type { MediaContext } from '../media-context.ts';
import type { AudioFile } from './audio-repo.ts';
import { cutName } from './hls-quality.ts';
import { placeOfStored } from './open-audio.ts';

/** Sound of two hundred twelve-hour days, or of thousands of hours. */
const INDEX_BYTES = 32 * 1024 * 1024;
const INDEXES_AT_ONCE = 2;
/** Heads of fragments that are asked for again and again. */
const HEAD_BYTES = 8 * 1024 * 1024;
const HEADS_AT_ONCE = 32;
/**
 * When the first sample is heard on the time line of segments: late enough for the encoder's delay before it, which
 * differs between renditions. Ten seconds are also where Apple's own tools begin.
 */
const BASE_SECONDS = 10;

/** A rendition that segments can be cut from. */
export interface CutSound {
  index: M4aIndex | Mp3Index;
  cut: string;
  /** Of segment `i`, with everything that is put before its frames. */
  segmentBytes(i: number): number;
}

/** What this process remembers of renditions: where their segments lie, made once for all who ask. */
export interface HlsSounds {
  /** Throws MediaError for a file that cannot be cut, and media's 404 for one that is gone. */
  open(file: AudioFile): Promise<CutSound>;
  /** Null when there is no such segment. */
  segment(file: AudioFile, sound: CutSound, segment: number | 'init'): Promise<AssembledFile | null>;
}

/** One per process. */
export function createHlsSounds(context: MediaContext): HlsSounds {
  const indexes = createWeightedMemory<M4aIndex | Mp3Index>({
    capacity: INDEX_BYTES,
    weightOf: indexBytes,
    loadsAtOnce: INDEXES_AT_ONCE,
  });
  const heads = createWeightedMemory<Buffer>({
    capacity: HEAD_BYTES,
    weightOf: ({ length }) => length + 128,
    loadsAtOnce: HEADS_AT_ONCE,
  });
  return {
    open: async (file) => {
      const place = await placeOfStored(context, file.fileKey);
      const make = () => (file.format === 'aac' ? indexM4a(place) : indexMp3(place));
      const index = await indexes.get(file.sha256, make);
      return { index, cut: cutName(file.sha256), segmentBytes: (i) => segmentBytes(index, i) };
    },
    segment: async (file, { index, cut }, segment) => {
      const path = await placeOfStored(context, file.fileKey);
      const { sizeBytes, mimeType } = file;
      const modifiedAt = new Date(file.completedAtMs);
      const whole = { etag: `"${cut}-${segment}"`, modifiedAt, mimeType };
      const source = { path, sizeBytes, modifiedAt, mimeType, etag: `"${file.sha256.slice(0, 32)}"` };
      if (segment === 'init') {
        if (index.packaging !== 'fmp4') return null;
        return assembleFile(source, [{ kind: 'literal', bytes: makeInitSegment(index) }], whole);
      }
      if (segment >= segmentCount(index)) return null;
      const head = () => headOf(path, index, segment);
      const bytes = await heads.get(`${cut}-${segment}`, head);
      const frames: BodyPart = {
        kind: 'file',
        start: index.byteOffset[segment] ?? 0,
        end: (index.byteOffset[segment + 1] ?? 0) - 1,
      };
      return assembleFile(source, [{ kind: 'literal', bytes }, frames], whole);
    },
  };
}

async function headOf(place: FilePlace, index: M4aIndex | Mp3Index, i: number): Promise<Buffer> {
  const { timescale, primingUnits, startUnits } = index;
  if (index.packaging === 'fmp4') return makeFragmentHead(place, index, i, BASE_SECONDS * timescale);
  return makeTimeTag(BASE_SECONDS + ((startUnits[i] ?? 0) - primingUnits) / timescale);
}

function segmentBytes(index: M4aIndex | Mp3Index, i: number): number {
  const head = index.packaging === 'fmp4' ? fragmentHeadBytes(index, i) : TIME_TAG_BYTES;
  return head + (index.byteOffset[i + 1] ?? 0) - (index.byteOffset[i] ?? 0);
}
