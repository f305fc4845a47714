import type { Actor } from '../../../kernel/auth/actor.ts';
import type { Problem } from '../../../kernel/http/problem.ts';
import { isId } from '../../../kernel/id.ts';
import { recordingNotFound, signatureIncomplete, signatureRefused } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { mayRead } from '../policy.ts';
import { checkSignature, type SignatureAnswer } from '../signing/signature.ts';
import { type AudioSource, findAudio, findAudioAcrossOrganisations } from './audio-repo.ts';

/** What a signed address carries in its query. */
export interface Signed {
  expires?: string | undefined;
  sig?: string | undefined;
  /** Which key signed; absent, all that may have are tried. */
  kid?: string | undefined;
}

/**
 * The recording that a reader may hear: by its visibility, by their permission, or by the signature of the address.
 * The page's player sends no token, so a right signature opens it whatever the organisation of the host.
 * A wrong one is answered alike whether the recording exists or not.
 */
export async function openForReader(
  context: MediaContext,
  actor: Actor,
  recordingId: string,
  signed: Signed,
): Promise<AudioSource> {
  return (await admitReader(context, actor, recordingId, signed)).source;
}

/** As {@link openForReader}, and whether the signature of the address is right. */
export async function admitReader(
  context: MediaContext,
  actor: Actor,
  recordingId: string,
  signed: Signed,
): Promise<{ source: AudioSource; isSigned: boolean }> {
  const { db } = context.kernel;
  if (!isId(recordingId)) throw recordingNotFound();
  const owner = signed.sig === undefined ? null : await findAudioAcrossOrganisations(db, recordingId);
  const organisationId = owner?.organisationId ?? actor.organisationId;
  const { answer, refusal } = await judgeSignature(context, organisationId, recordingId, signed);
  const isSigned = answer === 'valid';
  const source = isSigned ? owner : await findAudio(db, actor.organisationId, recordingId);
  if (source && (isSigned || mayRead(actor, source))) return { source, isSigned };
  throw refusal ?? recordingNotFound();
}

/**
 * What the signature of an address over a recording's id is worth, and what to say of it when nothing. SIGNING_KEY
 * opens every organisation's recordings, an organisation's own keys its own.
 */
export async function judgeSignature(
  { kernel, keys }: MediaContext,
  organisationId: string,
  recordingId: string,
  { kid, ...signed }: Signed,
): Promise<{ answer: SignatureAnswer; refusal: Problem | null }> {
  const now = kernel.clock.now();
  const check = (key: string) => checkSignature(key, recordingId, signed, now);
  let answer = check(kernel.config.signingKey);
  if (answer === 'wrong') {
    const own = (await keys.of(organisationId)).filter((key) => kid === undefined || key.kid === kid);
    answer = own.map(({ secret }) => check(secret)).find((each) => each !== 'wrong') ?? 'wrong';
  }
  return { answer, refusal: refuseSignature(answer, signed) };
}

/** Throws what is wrong with a signature: half of one is 400, a wrong or late one 403. */
export function verifySignature({ kernel }: MediaContext, recordingId: string, signed: Signed): void {
  const answer = checkSignature(kernel.config.signingKey, recordingId, signed, kernel.clock.now());
  if (answer === 'valid') return;
  throw refuseSignature(answer, signed) ?? signatureIncomplete(HALF_SIGNED);
}

const HALF_SIGNED = 'A signed address needs both `expires` and `sig`.';

function refuseSignature(answer: SignatureAnswer, { expires, sig }: Signed): Problem | null {
  if (answer === 'wrong')
    return signatureRefused('The signature of this address is not right; ask for a new address.');
  if (answer === 'late') return signatureRefused('This address has expired; ask for a new one.');
  if (answer === 'incomplete' && (expires !== undefined || sig !== undefined)) {
    return signatureIncomplete(HALF_SIGNED);
  }
  return null;
}
