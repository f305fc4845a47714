import type { Actor } from '../../../kernel/auth/actor.ts';
import type { AssembledFile } from '../../../kernel/http/assembled-file.ts';
import { heardAtSeconds, segmentCount } from '../../../kernel/media/segment-index.ts';
import { MediaError } from '../../../kernel/media/tools.ts';
import { renditionNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { ofLoudness } from '../renditions/rendition.ts';
import { makeSignature } from '../signing/signature.ts';
import type { AudioFile, AudioSource } from './audio-repo.ts';
import { makeMaster, makePlaylist, type Variant } from './hls-playlist.ts';
import {
  cutName,
  HLS_QUALITIES,
  type HlsQuality,
  isHlsQuality,
  parseSegmentName,
  renditionFor,
  renditionsFor,
} from './hls-quality.ts';
import type { CutSound, HlsSounds } from './hls-sound.ts';
import { assertReady } from './open-audio.ts';
import type { Signed } from './open-for-reader.ts';
import { admitTrack, type TrackResolver } from './open-track.ts';

const HOUR_SECONDS = 3600;
/** Beside the sound's own length: pauses, and a night in between. */
const SIGNED_FOR_SECONDS = 12 * HOUR_SECONDS;

/** What HLS is answered from. */
export interface Hls {
  context: MediaContext;
  sounds: HlsSounds;
  resolvers: readonly TrackResolver[];
}

/** Who asks for which track, and by what signature. */
export interface HlsRequest {
  actor: Actor;
  track: string;
  signed: Signed;
}

/** A playlist, and who may keep it. */
export interface HlsText {
  text: string;
  isPublic: boolean;
  modifiedAt: Date;
}

/** The master playlist: what is there to play, and nothing that would have to be made first. */
export async function openMaster(hls: Hls, request: HlsRequest): Promise<HlsText> {
  const { source, isPublic, isSigned } = await admit(hls, request);
  const variants: Variant[] = [];
  for (const quality of HLS_QUALITIES) {
    const file = renditionFor(source.renditions, quality);
    const sound = file && (await openIfWhole(hls, file));
    if (sound) variants.push({ quality, sound });
  }
  const [first] = variants;
  if (!first) throw renditionNotFound(`No rendition can be cut into segments; there are: ${named(source)}.`);
  const query = childQuery(hls, request, source, isSigned, first.sound);
  return { text: makeMaster(variants, query), isPublic, modifiedAt: newest(source) };
}

/** The list of a quality's segments. */
export async function openPlaylist(hls: Hls, request: HlsRequest, quality: string): Promise<HlsText> {
  const { source, isPublic, isSigned } = await admit(hls, request);
  const file = isHlsQuality(quality) ? renditionFor(source.renditions, quality) : null;
  const sound = file && (await openIfWhole(hls, file));
  if (!sound) throw noSuchQuality(source);
  const query = childQuery(hls, request, source, isSigned, sound);
  return { text: makePlaylist(sound, query), isPublic, modifiedAt: newest(source) };
}

/** A segment, or what a player needs before the first; its bytes never change under its name. */
export async function openSegment(
  hls: Hls,
  request: HlsRequest,
  quality: string,
  name: string,
): Promise<{ file: AssembledFile; isPublic: boolean }> {
  const { source, isPublic } = await admit(hls, request);
  const named = parseSegmentName(name);
  if (named === null || !isHlsQuality(quality)) throw noSuchSegment();
  for (const file of renditionsFor(source.renditions, quality)) {
    const sound = await openIfNamed(hls, file, named.cut);
    if (!sound || (named.extension === 'mp3') !== (sound.index.packaging === 'mp3')) continue;
    const segment = await hls.sounds.segment(file, sound, named.segment);
    if (segment) return { file: segment, isPublic };
  }
  throw noSuchSegment();
}

async function admit({ context, resolvers }: Hls, { actor, track, signed }: HlsRequest) {
  const admitted = await admitTrack(context, resolvers, actor, track, signed);
  const { source } = admitted;
  assertReady(source);
  return { ...admitted, source: { ...source, renditions: ofLoudness(source.renditions, null) } };
}

/** Null for a file whose frames cannot be told apart: an operator is told, the listener gets what else is there. */
async function openIfWhole({ context, sounds }: Hls, file: AudioFile): Promise<CutSound | null> {
  try {
    context.uses.note(file.id);
    return await sounds.open(file);
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    context.log.error({ err: error, renditionId: file.id }, 'a rendition cannot be cut into segments');
    return null;
  }
}

async function openIfNamed(hls: Hls, file: AudioFile, cut: string): Promise<CutSound | null> {
  return cutName(file.sha256) === cut ? openIfWhole(hls, file) : null;
}

/**
 * What a child's address carries: the signature that opened its parent; none where none is needed; a new one for a
 * reader who came by right, since players send no token. It stays the same for an hour, so that a reload plays from
 * the cache.
 */
function childQuery(
  { context }: Hls,
  { signed }: HlsRequest,
  source: AudioSource,
  isSigned: boolean,
  sound: CutSound,
): string {
  if (isSigned) return queryOf(signed);
  if (source.visibility !== 'private') return '';
  const { kernel } = context;
  const soundSeconds = heardAtSeconds(sound.index, segmentCount(sound.index));
  const hours = Math.ceil(kernel.clock.now() / 1000 / HOUR_SECONDS);
  const expires = hours * HOUR_SECONDS + SIGNED_FOR_SECONDS + Math.ceil(soundSeconds);
  const sig = makeSignature(kernel.config.signingKey, source.id, expires);
  return queryOf({ expires: String(expires), sig });
}

function queryOf(signed: Signed): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(signed)) if (value !== undefined) query.set(name, value);
  return `?${query}`;
}

function newest({ renditions, completedAt }: AudioSource): Date {
  return new Date(Math.max(completedAt?.getTime() ?? 0, ...renditions.map((file) => file.completedAtMs)));
}

function named({ renditions }: AudioSource): string {
  return renditions.map(({ format, quality }) => `${format} ${quality}`).join(', ');
}

function noSuchQuality(source: AudioSource) {
  const there = HLS_QUALITIES.filter((quality: HlsQuality) => renditionFor(source.renditions, quality));
  return renditionNotFound(
    `This quality is not there; there are: ${there.join(', ') || 'none'}. Others are made by POST …/renditions.`,
  );
}

const noSuchSegment = () => renditionNotFound('There is no such segment of this recording.');
