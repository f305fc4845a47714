import type { Client, Schema } from '@antenne/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Icon } from '../../ui/icons.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { debatTrack } from '../archive/debat-track.ts';
import { Poster } from './setup-poster.tsx';

const choiceLook =
  'group flex w-full items-center gap-5 border-b border-line py-5 text-left no-underline hover:bg-sunk';
const discLook =
  'inline-flex size-14 shrink-0 items-center justify-center rounded-full border border-ink transition-colors duration-150';

const askEveryMs = 700;
const mostQuestions = 60;

/** The sample is made ready like any sound: waits for it, but not for ever. */
async function whenItPlays(client: Client, id: string): Promise<Schema<'Debat'>> {
  for (let question = 1; ; question += 1) {
    const debat = await client.get('/api/debats/{id}', { path: { id } });
    if (debat.has_audio || question === mostQuestions) return debat;
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}

/** The third screen ends in sound: the sample plays, or one's own is brought. */
export function FirstSoundStep({ organisationName }: { organisationName: string }) {
  const { t, language } = useText();
  const { session, player } = useServices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const sample = useMutation({
    mutationFn: async () => {
      const { debate_ids: ids } = await session.client.post('/api/setup/sample');
      const id = ids[0];
      return id === undefined ? null : whenItPlays(session.client, id);
    },
    onSuccess: async (debat) => {
      await queries.invalidateQueries({ queryKey: ['debats'] });
      if (debat === null) return navigate({ to: '/archive' });
      if (debat.has_audio) player.play(debatTrack(debat, language));
      return navigate({ to: '/archive/$id', params: { id: debat.id } });
    },
  });
  return (
    <div>
      <Poster>{t('setup.firstTitle')}</Poster>
      <p className="mt-4 text-lead text-soft">{t('setup.firstLead', { name: organisationName })}</p>
      <div className="mt-9 border-t border-line">
        <button
          type="button"
          className={choiceLook}
          disabled={sample.isPending}
          onClick={() => sample.mutate()}
        >
          <span className={`${discLook} bg-ink text-paper`}>
            <Icon name="play" size={24} />
          </span>
          <span>
            <span className="block font-serif text-title font-semibold">
              {sample.isPending ? t('setup.sampleBusy') : t('setup.sample')}
            </span>
            <span className="text-soft">{t('setup.sampleText')}</span>
          </span>
        </button>
        <Link to="/recordings/new" className={choiceLook}>
          <span className={`${discLook} group-hover:bg-ink group-hover:text-paper`}>
            <Icon name="up" size={24} />
          </span>
          <span>
            <span className="block font-serif text-title font-semibold">{t('setup.own')}</span>
            <span className="text-soft">{t('setup.ownText')}</span>
          </span>
        </Link>
      </div>
      {sample.isError && (
        <div className="mt-6">
          <ProblemNote problem={sample.error} />
        </div>
      )}
    </div>
  );
}
