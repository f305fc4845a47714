import { formatNumber } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Fact } from '../../ui/page.tsx';
import { saveText } from './download.ts';
import { curveAsCsv, distanceTo, type Loudness, placeOn, targets, usualSpan } from './loudness.ts';

/** How loud a sound is against what the air and listening online want: a picture, its words, its figures. */
export function LoudnessPicture({ loudness, title }: { loudness: Loudness; title: string }) {
  const { t, language } = useText();
  const decimal = (value: number) => formatNumber(value, language, 1).replace('-', '\u2212');
  const unit = (value: number | null, name: string) =>
    value === null ? null : `${decimal(value)}\u00a0${name}`;
  const { integrated_lufs: lufs } = loudness;
  const span = usualSpan(loudness);
  return (
    <div>
      <h2 className="mb-3 font-medium">{t('sound.loudness')}</h2>
      {lufs === null || span === null ? (
        <p className="text-soft">{t(loudness.state === 'silent' ? 'sound.silent' : 'sound.tooShort')}</p>
      ) : (
        <>
          <Scale
            lufs={lufs}
            span={span}
            label={t('sound.loudnessPicture', {
              lufs: decimal(lufs),
              low: decimal(span.low),
              high: decimal(span.high),
            })}
          />
          <Verdict lufs={lufs} />
          <dl className="mt-4 border-b border-line">
            <Fact name={t('sound.integrated')}>{unit(lufs, 'LUFS')}</Fact>
            <Fact name={t('sound.range')}>{unit(loudness.range_lu, 'LU')}</Fact>
            <Fact name={t('sound.truePeak')}>{unit(loudness.true_peak_dbtp, 'dBTP')}</Fact>
            <Fact name={t('sound.loudest')}>{unit(loudness.max_short_term_lufs, 'LUFS')}</Fact>
          </dl>
          <Button
            look="quiet"
            className="mt-1"
            onClick={() => saveText(curveAsCsv(loudness), 'text/csv', `${title}.csv`)}
          >
            <Icon name="download" size={16} />
            {t('sound.loudnessCsv')}
          </Button>
        </>
      )}
    </div>
  );
}

interface ScaleProps {
  lufs: number;
  span: { low: number; high: number };
  label: string;
}

/** A line of loudness, quiet on the left: most of the sound as a bar, the whole as a mark, the targets below. */
function Scale({ lufs, span, label }: ScaleProps) {
  const { t } = useText();
  const left = placeOn(span.low);
  return (
    <div role="img" aria-label={label} className="relative h-16">
      <div className="absolute inset-x-0 top-4 h-px bg-line-strong" />
      <div
        className="absolute top-2.5 h-3 rounded-[2px] bg-(--wave)"
        style={{ left: `${left}%`, width: `${Math.max(1, placeOn(span.high) - left)}%` }}
      />
      <div
        className="absolute top-0.5 h-7 w-1 -translate-x-1/2 rounded-[2px] bg-ink"
        style={{ left: `${placeOn(lufs)}%` }}
      />
      {(['broadcast', 'online'] as const).map((target) => (
        <div
          key={target}
          className="absolute top-4 flex -translate-x-1/2 flex-col items-center text-note leading-tight text-faint"
          style={{ left: `${placeOn(targets[target])}%` }}
        >
          <span className="h-4 w-px bg-line-strong" />
          <span className="whitespace-nowrap">{t(`sound.${target}`)}</span>
          <span>{`\u2212${-targets[target]}`}</span>
        </div>
      ))}
    </div>
  );
}

function Verdict({ lufs }: { lufs: number }) {
  const { t, language } = useText();
  return (
    <ul className="mt-3 text-soft">
      {(['broadcast', 'online'] as const).map((name) => {
        const lu = distanceTo(targets[name], lufs);
        const key = lu === 0 ? 'sound.atTarget' : lu > 0 ? 'sound.over' : 'sound.under';
        const values = { target: t(`sound.${name}`), lu: formatNumber(Math.abs(lu), language, 1) };
        return <li key={name}>{t(key, values)}</li>;
      })}
    </ul>
  );
}
