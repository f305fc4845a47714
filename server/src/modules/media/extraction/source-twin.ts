import { RunLost } from '../../../kernel/jobs/run-beat.ts';
import { codeOf } from '../../../kernel/reason-of.ts';
import type { MediaContext } from '../media-context.ts';
import type { Recording } from '../recording.ts';
import { SourceFault } from '../sources/source-fault.ts';
import type { RunKey } from './extraction-repo.ts';
import { findOtherBySource, saveResolved } from './source-repo.ts';

const UNIQUE_VIOLATION = '23505';
const LONGEST_ADDRESS = 2048;

/** This sound is here already, under another address. */
export class SourceTwin extends SourceFault {
  readonly firstId: string | null;
  constructor(first: { id: string; title: string } | null) {
    const title = first === null ? 'another recording' : `“${[...first.title].slice(0, 200).join('')}”`;
    super('already-imported', `This address leads to sound that is here already: ${title}.`);
    this.firstId = first?.id ?? null;
  }
}

/** Notes where a recording's sound lies; throws SourceTwin when another is made of the same. Safe to ask again. */
export async function takeSource(
  context: MediaContext,
  key: RunKey,
  recording: Recording,
  address: string,
): Promise<void> {
  const q = context.kernel.db.kysely;
  const isOwn = recording.sourceUrl === address;
  if (isOwn || address.length > LONGEST_ADDRESS) return;
  const twin = await findOtherBySource(q, key.organisationId, address, key.recordingId);
  if (twin !== null) throw new SourceTwin(twin);
  try {
    if (!(await saveResolved(q, key, address))) throw new RunLost();
  } catch (error) {
    if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
    throw new SourceTwin(await findOtherBySource(q, key.organisationId, address, key.recordingId));
  }
}

/** The item of a feed may have been imported before, by its own address. */
export async function assertOwnAddressFree(
  { kernel }: MediaContext,
  { organisationId, recordingId }: RunKey,
  address: string | null,
): Promise<void> {
  if (address === null) return;
  const twin = await findOtherBySource(kernel.db.kysely, organisationId, address, recordingId);
  if (twin !== null) throw new SourceTwin(twin);
}
