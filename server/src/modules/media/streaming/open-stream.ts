import type { Actor } from '../../../kernel/auth/actor.ts';
import { recordingNotFound, signatureIncomplete, signatureRefused, streamNameRefused } from '../errors.ts';
import { sameAddress } from '../extraction/same-address.ts';
import type { MediaContext } from '../media-context.ts';
import type { AccessLog, SignedAccess } from '../signing/access-log.ts';
import { type AudioSource, findAudioAcrossOrganisations } from './audio-repo.ts';
import type { AudioClient } from './client-hints.ts';
import { type AskedAudio, type AudioFileToSend, pickAudio } from './open-audio.ts';
import { isTraversal, parseStreamName, type StreamName, signableNames } from './stream-name.ts';
import { checkStreamSignature } from './stream-signature.ts';

/** A request for `/stream/{filename}`. */
export interface StreamRequest {
  actor: Actor;
  /** Percent-decoded once. */
  name: string;
  query: {
    expires?: string | undefined;
    sig?: string | undefined;
    quality?: string | undefined;
    kid?: string | undefined;
    ip?: string | undefined;
    user?: string | undefined;
    normalise?: string | undefined;
  };
  client: AudioClient;
  origin: { ip: string; userAgent: string | null };
  /** False for a player's later ranges, which are no new hearing. */
  isBeginning: boolean;
}

/**
 * The file behind a signed address. The signature alone decides, whatever the recording's visibility: throws 400 for
 * a name that leads elsewhere or half a signature, 403 for a wrong or late one, and 404 only for who signed rightly.
 */
export async function openStream(
  context: MediaContext,
  accesses: AccessLog,
  request: StreamRequest,
): Promise<AudioFileToSend> {
  const { name, query, actor } = request;
  if (isTraversal(name)) throw refuseName(context, request);
  const { expires, sig } = query;
  if (!expires || !sig) throw signatureIncomplete('A stream address needs both `expires` and `sig`.');
  const named = parseStreamName(name);
  const source = named && (await findAudioAcrossOrganisations(context.kernel.db, named.recordingId));
  // An address of nothing is judged like any other, by the keys of the organisation it was sent to.
  const organisationId = source?.organisationId ?? actor.organisationId;
  const note = noteOf(accesses, request, organisationId, source);
  const judged = await judge(context, organisationId, request, { expires, sig });
  if (judged.reason !== null) {
    note('media.signed-address-refused', { reason: judged.reason });
    throw signatureRefused(SENTENCES[judged.reason]);
  }
  if (!source || !named) throw recordingNotFound();
  const file = await pickAudio(context, source, wishOf(named, request));
  if (request.isBeginning) note('media.signed-address-opened', { kid: judged.kid });
  return file;
}

type Reason = 'wrong' | 'late' | 'another-address' | 'another-person';
const SENTENCES: Record<Reason, string> = {
  wrong: 'The signature of this address is not right; ask for a new address.',
  late: 'This address has expired; ask for a new one.',
  'another-address': 'This address was given to another network address; ask for one of your own.',
  'another-person': 'This address was given to someone else; ask for one of your own.',
};

type Judged = { reason: null; kid: string } | { reason: Reason };

async function judge(
  { kernel, keys }: MediaContext,
  organisationId: string,
  { name, query, origin, actor }: StreamRequest,
  { expires, sig }: { expires: string; sig: string },
): Promise<Judged> {
  const { kid, ip, user } = query;
  const candidates = (await keys.of(organisationId)).filter((key) => kid === undefined || key.kid === kid);
  const secrets = candidates.map(({ secret }) => secret);
  const answer = checkStreamSignature(
    secrets,
    signableNames(name),
    { expires, sig, ip, user },
    kernel.clock.now(),
  );
  if (answer.kind !== 'valid') return { reason: answer.kind };
  if (ip !== undefined && !sameAddress(ip, origin.ip)) return { reason: 'another-address' };
  // A player sends no token and is taken at the signature's word; one that says who it is has to be the right one.
  if (user !== undefined && actor.personId !== null && actor.personId !== user)
    return { reason: 'another-person' };
  return { reason: null, kid: candidates[answer.secret]?.kid ?? '' };
}

/** The name comes first where it says something; a rate may stand there without its unit. */
function wishOf(named: StreamName, { query, client }: StreamRequest): AskedAudio {
  const asked = query.quality?.toLowerCase() ?? named.quality ?? undefined;
  return {
    format: named.format ?? undefined,
    quality: asked !== undefined && /^\d+$/.test(asked) ? `${asked}k` : asked,
    normalise: named.normalised === null ? query.normalise : String(named.normalised),
    client,
  };
}

function refuseName({ kernel, log }: MediaContext, { origin, actor }: StreamRequest) {
  kernel.metrics.securityEvents.inc({ kind: 'path-traversal' });
  log.warn({ ip: origin.ip, person: actor.personId }, 'a stream name tried to leave its folder');
  return streamNameRefused('A stream name is the name of one file: no slashes, no dots alone, no controls.');
}

function noteOf(
  accesses: AccessLog,
  request: StreamRequest,
  organisationId: string,
  source: AudioSource | null,
) {
  const { origin, actor, query } = request;
  return (action: SignedAccess['action'], details: Record<string, string>) =>
    accesses.note({
      organisationId,
      action,
      recordingId: source?.id ?? null,
      origin,
      personId: actor.personId,
      details: { ...details, ...(query.user === undefined ? {} : { user: query.user }) },
    });
}
