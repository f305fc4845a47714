import type { Actor } from '../../kernel/auth/actor.ts';
import type { Problem } from '../../kernel/http/problem.ts';
import { isId } from '../../kernel/id.ts';
import { type AudioSource, findAudio, findAudioAcrossOrganisations } from './audio-repo.ts';
import { recordingNotFound, signatureIncomplete, signatureRefused } from './errors.ts';
import type { MediaContext } from './media-context.ts';
import { mayRead } from './policy.ts';
import { checkSignature, type SignatureAnswer } from './signature.ts';

/** What a signed address carries in its query. */
export interface Signed {
  expires?: string | undefined;
  sig?: string | undefined;
}

/**
 * The recording that a reader may hear: by its visibility, by their permission, or by the signature of the address.
 * The page's player sends no token, so a right signature opens it whatever the organisation of the host.
 * A wrong one is answered alike whether the recording exists or not.
 */
export async function openForReader(
  { kernel }: MediaContext,
  actor: Actor,
  recordingId: string,
  signed: Signed,
): Promise<AudioSource> {
  if (!isId(recordingId)) throw recordingNotFound();
  const answer = checkSignature(kernel.config.signingKey, recordingId, signed, kernel.clock.now());
  const source =
    answer === 'valid'
      ? await findAudioAcrossOrganisations(kernel.db, recordingId)
      : await findAudio(kernel.db, actor.organisationId, recordingId);
  if (source && (answer === 'valid' || mayRead(actor, source))) return source;
  throw refuseSignature(answer, signed) ?? recordingNotFound();
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
