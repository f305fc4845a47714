import type { Schema } from '@antenne/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Button, Field, Select } from '../../ui/controls.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';

type Format = Schema<'Recording'>['renditions'][number]['format'];

const formats: Format[] = ['mp3', 'aac', 'opus', 'wav', 'flac'];
const rates = ['64k', '96k', '128k', '160k', '192k', '256k', '320k'];
/** Loudnesses that the server makes, in LUFS. */
const levels = { asItCame: null, online: -16, onlineMono: -19, broadcast: -23 } as const;
type Level = keyof typeof levels;
const levelNames: Level[] = ['asItCame', 'online', 'onlineMono', 'broadcast'];

const isLossless = (format: Format) => format === 'wav' || format === 'flac';

/** Asks for a rendition that is not there; it is made once, whoever asks. */
export function AskRendition({ recordingId }: { recordingId: string }) {
  const { t } = useText();
  const { session } = useServices();
  const queries = useQueryClient();
  const [format, setFormat] = useState<Format>('aac');
  const [rate, setRate] = useState('128k');
  const [level, setLevel] = useState<Level>('asItCame');
  const ask = useMutation({
    mutationFn: () =>
      session.client.post('/api/recordings/{id}/renditions', {
        path: { id: recordingId },
        body: {
          format,
          ...(isLossless(format) ? {} : { quality: rate }),
          ...(levels[level] === null ? {} : { normalise: levels[level] }),
        },
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['recording', recordingId] }),
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <form onSubmit={onSubmit} className="mt-5" aria-label={t('rendition.ask')}>
      <h3 className="mb-2 font-medium">{t('rendition.ask')}</h3>
      <div className="flex flex-wrap items-end gap-3">
        <Field label={t('rendition.format')}>
          {(control) => (
            <Select
              {...control}
              value={format}
              onChange={(event) => setFormat(formats.find((each) => each === event.target.value) ?? 'aac')}
            >
              {formats.map((each) => (
                <option key={each} value={each}>
                  {each.toUpperCase()}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t('rendition.rate')}>
          {(control) => (
            <Select
              {...control}
              disabled={isLossless(format)}
              value={isLossless(format) ? '' : rate}
              onChange={(event) => setRate(event.target.value)}
            >
              {isLossless(format) && <option value="">{t('player.lossless')}</option>}
              {rates.map((each) => (
                <option key={each} value={each}>
                  {`${Number.parseInt(each, 10)}\u00a0kbit/s`}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t('rendition.level')}>
          {(control) => (
            <Select
              {...control}
              value={level}
              onChange={(event) =>
                setLevel(levelNames.find((each) => each === event.target.value) ?? 'asItCame')
              }
            >
              {levelNames.map((each) => (
                <option key={each} value={each}>
                  {t(`rendition.${each}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Button type="submit" disabled={ask.isPending}>
          {t('rendition.make')}
        </Button>
      </div>
      <div role="status" className="mt-2 text-note text-faint">
        {ask.isSuccess && t(ask.data.status === 'completed' ? 'rendition.there' : 'rendition.asked')}
      </div>
      {ask.isError && (
        <div className="mt-3">
          <ProblemNote problem={ask.error} />
        </div>
      )}
    </form>
  );
}
