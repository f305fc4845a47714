import type { Static } from 'typebox';
import type { Actor } from '../../kernel/auth/actor.ts';
import { isId } from '../../kernel/id.ts';
import { HLS_FORMATS } from '../media/public.ts';
import type { Archive } from './archive.ts';
import { type AudioFile, audioFilesOf } from './audio-file-repo.ts';
import type { Debat } from './debat.ts';
import { describeExtraction, extractionStatus } from './extraction-state.ts';
import { seesAll } from './policy.ts';
import { readableDebat } from './read-debat.ts';
import type { Streaming } from './schemas.ts';

/** Long enough for the longest sitting with its breaks. */
const SIGNED_FOR_SECONDS = 12 * 3600;
/** Addresses given out within one such span are the same, so that a reload plays from the browser's cache. */
const SPAN_SECONDS = 3600;

type StreamingReply = Static<typeof Streaming>;

/** How to play a débat, as the text of its JSON; for readers from outside it is kept as long as its addresses stay the same. */
export async function readStreaming(archive: Archive, actor: Actor, id: string): Promise<string> {
  const load = async () => JSON.stringify(await showStreaming(archive, actor, id));
  if (seesAll(actor) || !isId(id)) return load();
  const nowSeconds = archive.clock.now() / 1000;
  const spanEnd = spanEndOf(nowSeconds);
  const ttlSeconds = Math.min(archive.config.cacheTtl.streamingSeconds, Math.floor(spanEnd - nowSeconds));
  const { organisationId } = actor;
  const key = `${spanEnd} ${id.toLowerCase()}`;
  // What is still to come says how far it is.
  const keepIf = (text: string) => text.includes('"audio_available":true');
  return archive.cache.text({ kind: 'streaming', organisationId, key, ttlSeconds, keepIf }, load);
}

const spanEndOf = (nowSeconds: number): number => Math.ceil(nowSeconds / SPAN_SECONDS) * SPAN_SECONDS;

/** How to play a débat: signed addresses of each rendition, or a sentence that says why there is none. */
async function showStreaming(archive: Archive, actor: Actor, id: string): Promise<StreamingReply> {
  const debat = await readableDebat(archive.db.kysely, actor, id);
  const { organisationId, recordingId } = debat;
  if (recordingId === null) return silent(debat, null, describeExtraction(debat, null));
  const { kysely } = archive.db;
  const recording = await archive.media.getRecording(kysely, organisationId, recordingId);
  const message = describeExtraction(debat, recording);
  const status = recording && extractionStatus(recording.status);
  const files = debat.hasAudio ? await audioFilesOf(kysely, organisationId, recordingId) : [];
  const signature = signatureOf(archive, recordingId);
  const renditions = present(debat, files, signature);
  const first = renditions.find(({ normalised }) => normalised === null);
  const hls_url = hasHls(files) ? `/hls/${recordingId}/master.m3u8?${signature}` : null;
  return first
    ? { ...silent(debat, status, message), ...playing(first), hls_url, audio_available: true, renditions }
    : silent(debat, status, message);
}

/** The members that clients of one address read. */
function playing({ normalised: _, ...first }: StreamingReply['renditions'][number]) {
  return first;
}

function silent(debat: Debat, status: StreamingReply['extraction_status'], message: string): StreamingReply {
  return {
    debate_id: debat.id,
    audio_available: false,
    stream_url: null,
    download_url: null,
    hls_url: null,
    file_size: null,
    duration_seconds: null,
    format: null,
    quality: null,
    extraction_status: status,
    message,
    renditions: [],
  };
}

function signatureOf({ clock, media }: Archive, recordingId: string): string {
  const expires = spanEndOf(clock.now() / 1000) + SIGNED_FOR_SECONDS;
  return `expires=${expires}&sig=${media.sign(recordingId, expires)}`;
}

function hasHls(files: readonly AudioFile[]): boolean {
  return files.some(({ status, format }) => status === 'completed' && HLS_FORMATS.includes(format));
}

function present(debat: Debat, files: readonly AudioFile[], signature: string) {
  return files
    .filter((file) => file.status === 'completed')
    .map((file) => {
      const level = file.normalised === null ? '' : `&normalise=${file.normalised}`;
      const query = `format=${file.format}&quality=${file.quality}${level}&${signature}`;
      return {
        format: file.format,
        quality: file.quality,
        normalised: file.normalised,
        file_size: file.sizeBytes,
        duration_seconds: file.durationMs === null ? null : Math.floor(file.durationMs / 1000),
        stream_url: `/api/debats/${debat.id}/audio?${query}`,
        download_url: `/api/debats/${debat.id}/download?${query}`,
      };
    });
}
