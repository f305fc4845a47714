import type { Executor } from '../../kernel/db/db.ts';
import { PROGRESS_CHANNEL, type TranscriptionProgress } from './events.ts';
import type { Transcription } from './transcription.ts';
import type { TranscriptionContext } from './transcription-context.ts';

/** What a hint says of a transcription. */
type Told = Pick<Transcription, 'id' | 'organisationId' | 'recordingId' | 'status' | 'progress'>;

/** Sends the progress hint; inside a transaction it leaves at the commit. */
export async function tell(
  q: Executor,
  { kernel }: Pick<TranscriptionContext, 'kernel'>,
  { id, organisationId, recordingId, status, progress }: Told,
  message: string | null = null,
): Promise<void> {
  const hint: TranscriptionProgress = {
    organisationId,
    recordingId,
    transcriptionId: id,
    status,
    progress,
    message,
  };
  await kernel.hints.publish(q, PROGRESS_CHANNEL, hint);
}
