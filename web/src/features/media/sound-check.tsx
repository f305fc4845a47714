import { useQuery } from '@tanstack/react-query';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { isStillMeasured, loudnessOf } from '../../player/measured.ts';
import type { Track } from '../../player/track.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { LoudnessPicture } from './loudness-picture.tsx';
import { SoundFaults } from './sound-faults.tsx';

/** What listening closely finds: how loud it is against what is wanted, and what is wrong with it. */
export function SoundCheck({ track, recordingId }: { track: Track; recordingId: string }) {
  const { t } = useText();
  const { session } = useServices();
  const measured = useQuery(loudnessOf(session.client, recordingId));
  const { data: loudness, error } = measured;
  if (loudness === undefined && error === null) return null;
  return (
    <section aria-label={t('sound.check')} className="mb-10">
      {loudness === undefined ? (
        <Unmeasured problem={error} onRetry={() => void measured.refetch()} />
      ) : (
        <div className="grid gap-x-12 gap-y-8 sm:grid-cols-2">
          <LoudnessPicture loudness={loudness} title={track.title} />
          <SoundFaults track={track} recordingId={recordingId} loudness={loudness} />
        </div>
      )}
    </section>
  );
}

function Unmeasured({ problem, onRetry }: { problem: unknown; onRetry(): void }) {
  const { t } = useText();
  if (isStillMeasured(problem)) return <p role="status">{t('sound.measuring')}</p>;
  return <ProblemNote problem={problem} onRetry={onRetry} />;
}
