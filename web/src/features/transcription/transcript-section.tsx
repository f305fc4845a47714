import { useMay } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import type { Track } from '../../player/track.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { BringText } from './bring-text.tsx';
import { TranscriptOrigin } from './transcript-origin.tsx';
import { TranscriptView } from './transcript-view.tsx';
import { isUnderWay } from './transcription.ts';
import { TranscriptionFailure } from './transcription-failure.tsx';
import { TranscriptionProgress } from './transcription-progress.tsx';
import { useLastTranscription, useTranscript } from './use-transcript.ts';

interface TranscriptSectionProps {
  recordingId: string;
  track: Track;
  /** What the recording says of its language; null when it says nothing. */
  language: string | null;
  atSeconds: number | null;
  q: string;
  onFind(q: string): void;
}

/** The text of a sound, or where the making of it stands, or how to get one. */
export function TranscriptSection(props: TranscriptSectionProps) {
  const { recordingId, track, language } = props;
  const { t } = useText();
  const mayRead = useMay('transcription.read');
  const mayRequest = useMay('transcription.request');
  const requests = useLastTranscription(recordingId);
  const known = requests.data?.transcriptions;
  const mayBeThere = !mayRead || requests.isError || known?.some(({ status }) => status === 'done') === true;
  const transcript = useTranscript(recordingId, mayBeThere);
  const last = known?.[0];
  const text = mayBeThere ? transcript.data : null;
  const hasText = text != null && text.segments.length > 0;
  const isKnown = text !== undefined && (!mayRead || known !== undefined || requests.isError);
  if (!isKnown && !transcript.isError) return null;
  const isWorking = last !== undefined && isUnderWay(last);
  const hasFailed = last?.status === 'error';
  if (!hasText && !isWorking && !hasFailed && !mayRequest && !transcript.isError) return null;
  return (
    <section aria-label={t('transcript.title')} className="border-line not-first:mt-8 not-first:border-t">
      {isWorking && <TranscriptionProgress transcription={last} hasText={hasText} />}
      {hasFailed && <TranscriptionFailure transcription={last} hasText={hasText} />}
      {transcript.isError && (
        <div className="py-6">
          <ProblemNote problem={transcript.error} onRetry={() => void transcript.refetch()} />
        </div>
      )}
      {hasText && (
        <TranscriptView
          // Another version is another text: where one was in it means nothing any more.
          key={text.version}
          transcript={text}
          track={track}
          atSeconds={props.atSeconds}
          q={props.q}
          onFind={props.onFind}
        />
      )}
      {hasText && <TranscriptOrigin transcript={text} recordingId={recordingId} />}
      {!hasText && text != null && <p className="py-6 text-soft">{t('transcript.nothingSaid')}</p>}
      {!hasText && !isWorking && mayRequest && (
        <BringText recordingId={recordingId} language={language} isFirst={!hasFailed && text == null} />
      )}
    </section>
  );
}
