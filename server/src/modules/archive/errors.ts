import { defineProblem, type FieldFault, type Problem, validationFailed } from '../../kernel/http/problem.ts';

export const onlySockets = defineProblem('upgrade-required', 'archive.only-sockets', 'A WebSocket address');
const missing = defineProblem('not-found', 'archive.debat-not-found', 'No such débat');
export const debatNotFound = (): Problem =>
  missing('There is no débat with this id, or it is not yours to read.');

const taken = defineProblem('conflict', 'archive.same-source', 'Already in the archive');
/** `debate_id` names the débat that has the address already. */
export const sameSource = (debatId: string | null): Problem =>
  taken(
    'A débat with this source address is already in the archive.',
    debatId === null ? {} : { members: { debate_id: debatId } },
  );

export const noSource = defineProblem('invalid', 'archive.no-source', 'Nothing to extract from');
export const alreadyAvailable = defineProblem('conflict', 'archive.already-available', 'The sound is there');
export const noExtraction = defineProblem('not-found', 'archive.no-extraction', 'No extraction');
export const noAudio = defineProblem('not-found', 'archive.no-audio', 'No sound yet');

/** A 422 that names each field, its first sentence as the detail. */
export function refuseFields(faults: readonly FieldFault[]): Problem {
  const [first] = faults;
  const detail = first ? `${first.field} ${first.message}.` : 'The débat does not fit.';
  return validationFailed(detail, { errors: [...faults] });
}
