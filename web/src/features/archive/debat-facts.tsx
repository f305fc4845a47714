import { Link } from '@tanstack/react-router';
import { formatHour, formatLength, formatList, formatNumber } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { Fact } from '../../ui/page.tsx';
import { type Debat, secondsOf } from './archive-search.ts';

/** The name of the machine an address leads to, which says more than the address. */
function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host.replace(/^www\./, '') : address;
}

/** Only web addresses become links: a `javascript:` one stays text. */
export function OutLink({ address }: { address: string | null }) {
  if (address === null) return null;
  if (!/^https?:\/\//i.test(address)) return <>{address}</>;
  return (
    <a
      href={address}
      rel="noreferrer"
      title={address}
      className="underline decoration-line-strong underline-offset-3"
    >
      {hostOf(address)}
    </a>
  );
}

/** The sheet of a débat, as a margin. */
export function DebatFacts({ debat }: { debat: Debat }) {
  const { t, language } = useText();
  const seconds = secondsOf(debat);
  const hours = [debat.start_time, debat.end_time]
    .filter((time) => time !== null)
    .map((time) => formatHour(time, language));
  const visibility = debat.visibility === 'public' ? null : t(`debat.${debat.visibility}`);
  const names = (list: string[]) => (list.length === 0 ? null : formatList(list, language));
  return (
    <aside>
      <h2 className="mb-2 font-medium max-lg:hidden">{t('debat.facts')}</h2>
      <dl className="border-b border-line">
        <Fact name={t('debat.hours')}>{hours.join(' – ')}</Fact>
        <Fact name={t('debat.type')}>{t(`type.${debat.type}`)}</Fact>
        <Fact name={t('debat.commission')}>
          {debat.commission !== null && (
            <Link
              to="/archive"
              search={{ commission: debat.commission }}
              className="underline decoration-line-strong underline-offset-3"
            >
              {debat.commission}
            </Link>
          )}
        </Fact>
        <Fact name={t('debat.room')}>{debat.salle}</Fact>
        <Fact name={t('debat.speakers')}>{names(debat.speakers)}</Fact>
        <Fact name={t('debat.ministers')}>{names(debat.ministers)}</Fact>
        <Fact name={t('debat.duration')}>{seconds === null ? null : formatLength(seconds, language)}</Fact>
        <Fact name={t('debat.tags')}>{names(debat.tags)}</Fact>
        <Fact name={t('debat.source')}>
          {debat.source_url === null ? null : <OutLink address={debat.source_url} />}
        </Fact>
        <Fact name={t('debat.video')}>
          {debat.video_url === null ? null : <OutLink address={debat.video_url} />}
        </Fact>
        <Fact name={t('debat.visibility')}>{visibility}</Fact>
        <Fact name={t('debat.listened')}>
          {debat.view_count > 0 ? formatNumber(debat.view_count, language) : null}
        </Fact>
      </dl>
    </aside>
  );
}
