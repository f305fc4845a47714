import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { buttonLook } from '../../ui/controls.tsx';
import { PageHeading, usePageTitle } from '../../ui/page.tsx';
import { AdministratorStep } from './setup-administrator.tsx';
import { FirstSoundStep } from './setup-first-sound.tsx';
import { StationStep } from './setup-station.tsx';

const route = getRouteApi('/setup');

/** First run: from nothing to hearing something, in three screens. */
export default function SetupPage() {
  const { t } = useText();
  const { session } = useServices();
  const queries = useQueryClient();
  const { token } = route.useSearch();
  const [step, setStep] = useState(1);
  const [name, setName] = useState('');
  const setup = useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => session.client.get('/api/setup', { signal }),
    enabled: step === 1,
  });
  usePageTitle(
    step === 1 ? t('setup.stationTitle') : step === 2 ? t('setup.adminTitle') : t('setup.firstTitle'),
  );

  if (setup.data?.needed === false && step < 3) {
    return (
      <Closed title={t('setup.doneTitle')} text={t('setup.doneText')}>
        <Link to="/sign-in" className={`${buttonLook('primary')} no-underline`}>
          {t('shell.signIn')}
        </Link>
      </Closed>
    );
  }
  if (token === undefined) return <Closed title={t('setup.noTokenTitle')} text={t('setup.noTokenText')} />;
  return (
    <div className="mx-auto flex min-h-[92dvh] max-w-[46rem] flex-col justify-center py-12">
      <Steps step={step} />
      {step === 1 && <StationStep name={name} onName={setName} onDone={() => setStep(2)} />}
      {step === 2 && (
        <AdministratorStep
          token={token}
          organisationName={name.trim()}
          onBack={() => setStep(1)}
          onDone={() => {
            setStep(3);
            queries.setQueryData(['setup'], { needed: false });
            void queries.invalidateQueries({ queryKey: ['organisation'] });
          }}
        />
      )}
      {step === 3 && <FirstSoundStep organisationName={name.trim()} />}
    </div>
  );
}

/** Three marks on a line, the way a tape is marked. */
function Steps({ step }: { step: number }) {
  const { t } = useText();
  return (
    <div className="mb-8 flex items-center gap-4">
      <span className="text-note text-faint">{t('setup.step', { step })}</span>
      <span aria-hidden="true" className="flex gap-1.5">
        {[1, 2, 3].map((mark) => (
          <span key={mark} className={`h-[3px] w-9 rounded-full ${mark <= step ? 'bg-ink' : 'bg-line'}`} />
        ))}
      </span>
    </div>
  );
}

function Closed({ title, text, children }: { title: string; text: string; children?: React.ReactNode }) {
  return (
    <div className="mx-auto flex min-h-[80dvh] max-w-[40rem] flex-col items-start justify-center gap-4">
      <PageHeading>{title}</PageHeading>
      <p className="text-lead text-soft">{text}</p>
      {children}
    </div>
  );
}
