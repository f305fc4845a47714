import { cleanLine } from '../../kernel/clean-line.ts';
import { validationFailed } from '../../kernel/http/problem.ts';
import { recordingNotFound } from './errors.ts';
import { recordingChanged } from './events.ts';
import type { MediaContext } from './media-context.ts';

import type { Recording } from './recording.ts';
import { updateRecording } from './recording-repo.ts';
import type { ChangeBody } from './schemas.ts';

/** Changes what a person may change: title, language, visibility. */
export async function changeRecording(
  { kernel }: MediaContext,
  organisationId: string,
  recordingId: string,
  { title, language, visibility }: ChangeBody,
): Promise<Recording> {
  const cleaned = title === undefined ? undefined : cleanLine(title);
  if (cleaned === '') {
    throw validationFailed('title must have at least one visible character.', {
      errors: [{ field: 'title', message: 'must have at least one visible character' }],
    });
  }
  const changes = { title: cleaned, language, visibility };
  return kernel.db.transaction(async (tx) => {
    const recording = await updateRecording(tx, organisationId, recordingId, changes);
    if (!recording) throw recordingNotFound();
    await kernel.events.emit(tx, recordingChanged, { organisationId, recordingId });
    return recording;
  });
}
