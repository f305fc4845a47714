import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useServices } from '../../app-services.ts';
import { formatInstant, formatLength } from '../../i18n/format.ts';
import { type Language, useText } from '../../i18n/language.ts';
import { renditionName } from '../../player/rendition-name.ts';
import { askFor } from '../../player/track.ts';
import { Button, Field, Select, TextInput } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Recording } from './recording.ts';

const opens = ['audio', 'download', 'hls'] as const;
type Opens = (typeof opens)[number];

const hourSeconds = 3600;
const daySeconds = 24 * hourSeconds;
const lengths = [hourSeconds, 6 * hourSeconds, daySeconds, 7 * daySeconds];

/** `6 h`, `1 jour`, `7 jours`. */
function writtenLength(seconds: number, language: Language): string {
  if (seconds < daySeconds) return formatLength(seconds, language);
  const options = { style: 'unit', unit: 'day', unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(language, options).format(seconds / daySeconds);
}

/** The whole address: one signature opens the file and the streams of a recording. */
function addressFor(kind: Opens, recordingId: string, signedUrl: string): string {
  const signed = new URL(signedUrl, location.origin);
  if (kind === 'hls') signed.pathname = `/hls/${encodeURIComponent(recordingId)}/master.m3u8`;
  return signed.href;
}

/** Makes an address that opens this sound for a while, for whoever it is given to. */
export function SignedLink({ recording }: { recording: Recording }) {
  const { t, language } = useText();
  const { session } = useServices();
  const files = recording.renditions.filter(({ status }) => status === 'completed');
  const [kind, setKind] = useState<Opens>('audio');
  const [file, setFile] = useState('');
  const [lengthSeconds, setLength] = useState(daySeconds);
  const make = useMutation({
    mutationFn: async () => {
      const chosen = files.find(({ id }) => file === id);
      const wish = chosen === undefined || kind === 'hls' ? {} : askFor(chosen);
      const signed = await session.client.post('/api/recordings/{id}/sign', {
        path: { id: recording.id },
        body: {
          path: kind === 'download' ? 'download' : 'audio',
          expires_in_seconds: lengthSeconds,
          ...wish,
        },
      });
      return { address: addressFor(kind, recording.id, signed.url), expires: signed.expires };
    },
  });
  const change = (apply: () => void) => {
    make.reset();
    apply();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <section aria-label={t('link.title')} className="mt-8">
      <h2 className="font-medium">{t('link.title')}</h2>
      <p className="mb-3 text-note text-faint">{t('link.lead')}</p>
      <form onSubmit={onSubmit} className="flex flex-wrap items-end gap-3">
        <Field label={t('link.opens')}>
          {(control) => (
            <Select
              {...control}
              value={kind}
              onChange={({ target }) =>
                change(() => setKind(opens.find((each) => each === target.value) ?? 'audio'))
              }
            >
              {opens.map((each) => (
                <option key={each} value={each}>
                  {t(`link.${each}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {kind !== 'hls' && (
          <Field label={t('link.file')}>
            {(control) => (
              <Select
                {...control}
                value={file}
                onChange={({ target }) => change(() => setFile(target.value))}
              >
                <option value="">{t('link.best')}</option>
                {files.map((each) => (
                  <option key={each.id} value={each.id}>
                    {renditionName(each, t)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        <Field label={t('link.lasts')}>
          {(control) => (
            <Select
              {...control}
              value={lengthSeconds}
              onChange={({ target }) => change(() => setLength(Number(target.value)))}
            >
              {lengths.map((each) => (
                <option key={each} value={each}>
                  {writtenLength(each, language)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Button type="submit" disabled={make.isPending || files.length === 0}>
          {t('link.make')}
        </Button>
      </form>
      {make.isSuccess && <Made {...make.data} />}
      {make.isError && (
        <div className="mt-3">
          <ProblemNote problem={make.error} />
        </div>
      )}
    </section>
  );
}

function Made({ address, expires }: { address: string; expires: number }) {
  const { t, language } = useText();
  const { notices } = useServices();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      notices.say(t('link.copied'));
    } catch {
      // Refused, or the page is not served over HTTPS: the address stands there to be copied by hand.
      notices.say(t('debat.copyFailed'));
    }
  };
  const until = formatInstant(new Date(expires * 1000).toISOString(), language);
  return (
    <div className="mt-4">
      <div className="flex gap-2">
        <TextInput
          readOnly
          aria-label={t('link.made')}
          value={address}
          onFocus={(event) => event.target.select()}
          className="text-note"
        />
        <Button onClick={() => void copy()}>
          <Icon name="link" size={16} />
          <span className="sr-only">{t('link.copy')}</span>
        </Button>
      </div>
      <p role="status" className="mt-1.5 text-note text-faint">
        {t('link.until', { date: until })}
      </p>
    </div>
  );
}
