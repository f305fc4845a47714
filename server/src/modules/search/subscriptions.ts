import { type Subscription, subscribe } from '../../kernel/events/event.ts';
import { debatChanged } from '../archive/public.ts';
import { recordingChanged, recordingReady } from '../media/public.ts';
import { transcriptionCompleted, transcriptRemoved } from '../transcription/public.ts';
import type { Search } from './search.ts';

/** What the index is kept by. Each looks at what is there now, so that order and repetition do not matter. */
export function subscriptions(search: Search): Subscription[] {
  const indexer = async () => (await import('./index-documents.ts')).indexSubjects;
  const ofRecording = async () => {
    const index = await indexer();
    return ({ organisationId, recordingId }: { organisationId: string; recordingId: string }) =>
      index(search, organisationId, { debatIds: [], recordingIds: [recordingId] });
  };
  return [
    subscribe('search.index-transcript', transcriptionCompleted, ofRecording),
    subscribe('search.drop-transcript', transcriptRemoved, ofRecording),
    subscribe('search.index-recording', recordingReady, ofRecording),
    subscribe('search.reindex-recording', recordingChanged, ofRecording),
    subscribe('search.index-debat', debatChanged, async () => {
      const index = await indexer();
      return ({ organisationId, debatId, recordingIds }) =>
        index(search, organisationId, { debatIds: [debatId], recordingIds });
    }),
  ];
}
