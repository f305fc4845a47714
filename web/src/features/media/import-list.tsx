import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import { useAskingMs, useLive } from '../../live-updates/use-live.ts';
import { Progress } from '../../ui/controls.tsx';
import { failureText } from '../../ui/problem-text.ts';
import { isWorkedOn, type Recording } from './recording.ts';
import { RecordingWork } from './recording-work.tsx';

/** The addresses that were asked for since this page was opened: what was found, and how far it is. */
export function ImportList({ ids }: { ids: readonly string[] }) {
  const { t } = useText();
  if (ids.length === 0) return null;
  return (
    <section className="mt-8">
      <h3 className="pb-2 font-medium">{t('imports.title')}</h3>
      <ul className="border-b border-line">
        {ids.map((id) => (
          <ImportRow key={id} id={id} />
        ))}
      </ul>
    </section>
  );
}

function useImport(id: string) {
  const { session } = useServices();
  const queries = useQueryClient();
  const askingMs = useAskingMs();
  useLive('user', ({ type, data }) => {
    if (type === 'recording_updated' && data.recording_id === id)
      void queries.invalidateQueries({ queryKey: ['recording', id] });
  });
  return useQuery({
    queryKey: ['recording', id],
    queryFn: ({ signal }) => session.client.get('/api/recordings/{id}', { path: { id }, signal }),
    refetchInterval: ({ state }) => (state.data === undefined || isWorkedOn(state.data) ? askingMs : false),
  });
}

function ImportRow({ id }: { id: string }) {
  const { t } = useText();
  const { data: recording } = useImport(id);
  if (recording === undefined) return <li className="border-t border-line py-2.5">{t('state.loading')}</li>;
  return (
    <li className="border-t border-line py-2.5">
      <p className="truncate font-medium">
        <Link to="/recordings/$id" params={{ id }} className="underline-offset-3">
          {typeset(recording.title)}
        </Link>
      </p>
      <Standing recording={recording} />
      <RecordingWork recording={recording} />
    </li>
  );
}

/** What the address is, and what has become of it; the step of work under way stands with its button. */
function Standing({ recording }: { recording: Recording }) {
  const { t } = useText();
  const { source_kind: kind, status, progress } = recording;
  const state = t(`recordings.stateOf.${status}`);
  const parts = [
    ...(kind === null ? [] : [t(`imports.found.${kind}`)]),
    status === 'error' ? (failureText(recording.error_code, recording.error, t) ?? state) : state,
  ];
  return (
    <>
      <p className={`text-note ${status === 'error' ? 'text-signal-text' : 'text-faint'}`}>
        {parts.join(' · ')}
      </p>
      {isWorkedOn(recording) && (
        <div className="pt-2">
          <Progress label={state} percent={status === 'processing' ? progress : null} />
        </div>
      )}
    </>
  );
}
