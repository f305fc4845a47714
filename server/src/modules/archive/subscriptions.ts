import { type Subscription, subscribe } from '../../kernel/events/event.ts';
import { recordingFailed, recordingReady } from '../media/public.ts';
import type { Archive } from './archive.ts';

/** What the archive wants to be told by media; both look at the recording itself, so order does not matter. */
export function subscriptions(archive: Archive): Subscription[] {
  const settle = async () => {
    const { settleSound } = await import('./settle-sound.ts');
    return ({ organisationId, recordingId }: { organisationId: string; recordingId: string }) =>
      settleSound(archive, organisationId, recordingId);
  };
  return [
    subscribe('archive.show-recording-ready', recordingReady, settle),
    subscribe('archive.show-recording-failed', recordingFailed, settle),
  ];
}
