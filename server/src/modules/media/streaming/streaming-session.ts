import { createHmac, timingSafeEqual } from 'node:crypto';
import Type from 'typebox';
import { Check } from 'typebox/value';
import type { Actor } from '../../../kernel/auth/actor.ts';
import { noSuchSession, recordingNotFound, renditionNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { queryOfRendition } from '../present.ts';
import { bitrateOf, ofLoudness } from '../renditions/rendition.ts';
import { makeSignature } from '../signing/signature.ts';
import { type AudioFile, type AudioSource, findAudio } from './audio-repo.ts';
import { HLS_QUALITIES, type HlsQuality, renditionFor } from './hls-quality.ts';
import { assertReady } from './open-audio.ts';
import { admitTrack, type TrackResolver } from './open-track.ts';
import { affordableKbps, type ClientHints, chooseQuality } from './stream-quality.ts';

/** What a player says of itself; absent members mean that it does not know. */
export interface ClientCapabilities {
  estimated_bandwidth_kbps?: number | undefined;
  buffer_duration_ms?: number | undefined;
  connection_type?: string | undefined;
  device_type?: string | undefined;
  adaptive_enabled?: boolean | undefined;
}

/**
 * What a session is: nothing is kept of it. Its id carries this with a signature of ours, so that any process of the
 * installation answers for it, and there is no limit to watch over.
 */
const Session = Type.Object({
  organisation: Type.String(),
  recording: Type.String(),
  /** Unix seconds. */
  expires: Type.Integer(),
  needsSignature: Type.Boolean(),
  kbps: Type.Number(),
  isAdaptive: Type.Boolean(),
});
type Session = Type.Static<typeof Session>;

const HOUR_SECONDS = 3600;
/** Beside the sound's own length: pauses, and a night in between. */
const OPEN_FOR_SECONDS = 12 * HOUR_SECONDS;
const SMALL_BUFFER_MS = 5_000;
const CAUTION = 0.6;

/** Opens a session on what the actor may hear: where to play it from, and in which quality to begin. */
export async function openStreamingSession(
  context: MediaContext,
  resolvers: readonly TrackResolver[],
  actor: Actor,
  track: string,
  capabilities: ClientCapabilities,
) {
  const { source } = await admitTrack(context, resolvers, actor, track, {});
  assertReady(source);
  const hours = Math.ceil(context.kernel.clock.now() / 1000 / HOUR_SECONDS);
  const soundSeconds = Math.ceil((source.durationMs ?? 0) / 1000);
  const session: Session = {
    organisation: source.organisationId,
    recording: source.id,
    // The same for an hour, so that a reload plays from the cache.
    expires: hours * HOUR_SECONDS + OPEN_FOR_SECONDS + soundSeconds,
    // What another module shows as public may be a recording that is not.
    needsSignature: source.visibility === 'private' || track.toLowerCase() !== source.id,
    kbps: kbpsOf(capabilities, bitrateOf(source.wantedQuality)),
    isAdaptive: capabilities.adaptive_enabled ?? true,
  };
  return describe(context, session, source);
}

/** The session of an id that was given out here: the same addresses, of what is there by now. */
export async function readStreamingSession(context: MediaContext, id: string) {
  const session = open(context, id);
  if (!session) throw noSuchSession('There is no such session; open one by POST /api/streaming/session.');
  if (context.kernel.clock.now() / 1000 > session.expires)
    throw noSuchSession('This session has ended; open another one.');
  const source = await findAudio(context.kernel.db, session.organisation, session.recording);
  if (!source) throw recordingNotFound();
  assertReady(source);
  return describe(context, session, source);
}

/** kbit/s that suit a player. */
export function kbpsOf(capabilities: ClientCapabilities, usualKbps: number): number {
  const kind = capabilities.connection_type?.trim().toLowerCase() ?? null;
  const bandwidth = capabilities.estimated_bandwidth_kbps;
  const hints: ClientHints = {
    saveData: false,
    downlinkMbps: bandwidth === undefined || bandwidth === 0 ? null : bandwidth / 1000,
    rttMs: null,
    // A phone's network that nobody has measured yet is taken for a slow one.
    effectiveType: kind === 'cellular' && !bandwidth ? '3g' : kind,
    isPhone: /^(mobile|phone|smartphone)$/i.test(capabilities.device_type?.trim() ?? ''),
  };
  const buffer = capabilities.buffer_duration_ms;
  const isThin = buffer !== undefined && buffer > 0 && buffer < SMALL_BUFFER_MS;
  return affordableKbps(hints, usualKbps) * (isThin && bandwidth ? CAUTION : 1);
}

function describe(context: MediaContext, session: Session, source: AudioSource) {
  const plain = ofLoudness(source.renditions, null);
  const query = session.needsSignature ? signedQuery(context, session) : {};
  const named = HLS_QUALITIES.flatMap((quality) => {
    const file = renditionFor(plain, quality);
    return file ? [{ file, hlsQuality: quality }] : [];
  });
  const [best] = plain;
  if (!best) throw renditionNotFound('There is nothing to play of this recording.');
  // Sound in formats that HLS has no room for plays as a file all the same.
  const offered = named.length > 0 ? named : plain.map((file) => ({ file, hlsQuality: null }));
  const profiles = offered.map(({ file, hlsQuality }) => profileOf(source.id, file, hlsQuality, query));
  const { kbps, isAdaptive, expires } = session;
  const files = offered.map(({ file }) => file);
  const hints = { saveData: false, downlinkMbps: null, rttMs: null, effectiveType: null, isPhone: false };
  const chosen = chooseQuality(files, 'auto', hints, kbps) ?? files[0];
  const initial = profiles.find(
    ({ format, quality }) => format === chosen?.format && quality === chosen.quality,
  );
  return {
    session_id: seal(context, session),
    track_id: source.id,
    title: source.title,
    duration_seconds: (source.durationMs ?? 0) / 1000,
    adaptive_enabled: isAdaptive && named.length > 0,
    initial_profile: initial ?? profileOf(source.id, best, null, query),
    profiles,
    hls_url: isAdaptive && named.length > 0 ? address(`/hls/${source.id}/master.m3u8`, query) : null,
    expires_at: new Date(expires * 1000).toISOString(),
  };
}

function profileOf(
  recordingId: string,
  file: AudioFile,
  hlsQuality: HlsQuality | null,
  query: Record<string, string>,
) {
  return {
    quality_id: hlsQuality ?? file.quality,
    bitrate_kbps: bitrateOf(file.quality) || null,
    format: file.format,
    quality: file.quality,
    mime_type: file.mimeType,
    file_size: file.sizeBytes,
    url: address(`/api/recordings/${recordingId}/audio`, { ...queryOfRendition(file), ...query }),
    hls_url: hlsQuality && address(`/hls/${recordingId}/${hlsQuality}/playlist.m3u8`, query),
  };
}

function signedQuery({ kernel }: MediaContext, { recording, expires }: Session): Record<string, string> {
  return { expires: String(expires), sig: makeSignature(kernel.config.signingKey, recording, expires) };
}

function address(path: string, query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Back ends hold SIGNING_KEY, so sessions are sealed under a key that is ours alone. */
function sealOf({ kernel }: MediaContext, body: string): Buffer {
  return createHmac('sha256', kernel.config.secretKey).update(`streaming-session\n${body}`).digest();
}

function seal(context: MediaContext, session: Session): string {
  const body = Buffer.from(JSON.stringify(session)).toString('base64url');
  return `${body}.${sealOf(context, body).toString('base64url')}`;
}

function open(context: MediaContext, id: string): Session | null {
  const [body = '', given = ''] = id.split('.');
  const expected = sealOf(context, body);
  const actual = Buffer.from(given, 'base64url');
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return null;
  const session: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
  return Check(Session, session) ? session : null;
}
