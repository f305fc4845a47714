import { useQueryClient } from '@tanstack/react-query';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { problemText } from '../../ui/problem-text.ts';
import type { Recording } from './recording.ts';

/** Long enough to notice; afterwards the trash has it. */
const UNDO_MS = 10_000;

/** Puts recordings in the trash and back; what goes wrong is said. */
export function useTrash() {
  const { session, notices } = useServices();
  const { t, language } = useText();
  const queries = useQueryClient();
  const renew = () =>
    Promise.all(
      ['recordings', 'trash', 'recording'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
    );
  /** True when it was done. */
  const saying = async (work: () => Promise<unknown>): Promise<boolean> => {
    const isDone = await work().then(
      () => true,
      (problem: unknown) => {
        notices.say(problemText(problem, t, language).sentence);
        return false;
      },
    );
    await renew();
    return isDone;
  };
  const restore = ({ id }: Pick<Recording, 'id'>) =>
    saying(async () => {
      await session.client.post('/api/recordings/{id}/restore', { path: { id } });
      notices.say(t('trash.restored'));
    });
  const remove = (recording: Pick<Recording, 'id'>) =>
    saying(async () => {
      await session.client.delete('/api/recordings/{id}', { path: { id: recording.id } });
      const act = () => void restore(recording);
      notices.say(t('trash.removed'), { label: t('trash.undo'), act, forMs: UNDO_MS });
    });
  return { remove, restore, renew };
}
