import { type Subscription, subscribe } from '../../kernel/events/event.ts';
import { sampleBrought } from '../archive/public.ts';
import { recordingFailed, recordingReady } from '../media/public.ts';
import type { TranscriptionContext } from './transcription-context.ts';

/** What transcription wants to be told by earlier modules. */
export function subscriptions(context: TranscriptionContext): Subscription[] {
  return [
    subscribe('transcription.start-when-ready', recordingReady, async () => {
      const { whenReady } = await import('./start-automatically.ts');
      return (payload) => whenReady(context, payload);
    }),
    subscribe('transcription.end-when-failed', recordingFailed, async () => {
      const { whenFailed } = await import('./start-automatically.ts');
      return (payload) => whenFailed(context, payload);
    }),
    subscribe('transcription.bring-sample-transcript', sampleBrought, async () => {
      const { bringSampleTranscript } = await import('./bring-sample-transcript.ts');
      return (payload) => bringSampleTranscript(context, payload);
    }),
  ];
}
