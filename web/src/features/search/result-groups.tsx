import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { usePlayerState, useServices } from '../../app-services.ts';
import { formatClock, formatPlace } from '../../i18n/clock-time.ts';
import { formatDay } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import { PlayButton } from '../../player/play-button.tsx';
import type { Track } from '../../player/track.ts';
import { usePlace } from '../../player/use-place.ts';
import { Icon } from '../../ui/icons.tsx';
import { Highlighted } from './highlighted.tsx';
import { type ResultGroup, type SearchResult, trackOf } from './result.ts';

/** What was found, sound by sound. */
export function ResultGroups({ groups, q }: { groups: ResultGroup[]; q: string }) {
  return (
    <ol>
      {groups.map((group) => (
        <li key={group.key} className="border-b border-line py-5">
          <GroupHead group={group} q={q} />
          {group.hits.length > 0 && (
            <ol className="mt-2">
              {group.hits.map((hit) => (
                <Hit key={`${hit.recording_id} ${hit.start}`} hit={hit} q={q} />
              ))}
            </ol>
          )}
        </li>
      ))}
    </ol>
  );
}

interface ToResultProps {
  result: SearchResult;
  q: string;
  className: string;
  children: ReactNode;
}

/** The way to a result's page, at its second, with the words marked there. */
function ToResult({ result, q, className, children }: ToResultProps) {
  const { debate_id, recording_id, at, start } = result;
  const seconds = at ?? start;
  const search = { q, ...(seconds === null ? {} : { t: formatPlace(seconds) }) };
  if (debate_id !== null) {
    return (
      <Link to="/archive/$id" params={{ id: debate_id }} search={search} className={className} data-result>
        {children}
      </Link>
    );
  }
  return (
    <Link
      to="/recordings/$id"
      params={{ id: recording_id ?? '' }}
      search={search}
      className={className}
      data-result
    >
      {children}
    </Link>
  );
}

function GroupHead({ group, q }: { group: ResultGroup; q: string }) {
  const { t, language } = useText();
  const { head, titleHighlight, hits } = group;
  const whole = { ...head, at: null, start: null };
  const track = hits.length === 0 ? trackOf(head, language) : null;
  const facts = [formatDay(head.date, language), head.commission];
  return (
    <div className="flex items-start gap-3">
      {track !== null && (
        <PlayButton
          track={track}
          playName={t('archive.play', { title: head.title })}
          pauseName={t('archive.pause', { title: head.title })}
        />
      )}
      <div className="min-w-0">
        <h2 className="font-serif text-[1.1875rem] leading-snug font-semibold">
          <ToResult
            result={whole}
            q={q}
            className="no-underline hover:underline hover:decoration-line-strong hover:underline-offset-3"
          >
            {titleHighlight === null ? typeset(head.title) : <Highlighted html={titleHighlight} />}
          </ToResult>
        </h2>
        <p className="text-note text-faint">{facts.filter((fact) => fact !== null).join(' · ')}</p>
      </div>
    </div>
  );
}

function Hit({ hit, q }: { hit: SearchResult; q: string }) {
  const { language } = useText();
  const track = trackOf(hit, language);
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)] items-start gap-x-3 py-2">
      {track === null ? <span /> : <PlayHit hit={hit} track={track} />}
      <ToResult
        result={hit}
        q={q}
        className="group block rounded-(--radius) no-underline hover:bg-sunk max-md:-mr-2 md:-mx-2 md:px-2"
      >
        <span className="flex flex-wrap gap-x-3 text-note text-faint">
          {hit.start !== null && <span>{formatClock(hit.at ?? hit.start)}</span>}
          {hit.speaker !== null && <span className="font-medium text-soft">{typeset(hit.speaker)}</span>}
        </span>
        <span className="block max-w-(--measure) font-serif leading-relaxed">
          {hit.before !== null && <span className="text-faint">{typeset(hit.before)} </span>}
          <Highlighted html={hit.highlight} />
          {hit.after !== null && <span className="text-faint"> {typeset(hit.after)}</span>}
        </span>
      </ToResult>
    </li>
  );
}

const lingerSeconds = 0.5;

/** Plays a place without leaving the results; lit while that very sentence is heard. */
function PlayHit({ hit, track }: { hit: SearchResult; track: Track }) {
  const { t } = useText();
  const { player } = useServices();
  const at = hit.at ?? hit.start ?? 0;
  const isHere = usePlace(track, null, (seconds) =>
    seconds !== null && seconds > at - lingerSeconds && seconds < (hit.end ?? at) + lingerSeconds ? 1 : 0,
  );
  const isSounding =
    usePlayerState(({ phase }) => phase === 'playing' || phase === 'loading') && isHere === 1;
  const name = isSounding
    ? t('player.pause')
    : t('search.playAt', { title: hit.title, time: formatClock(at) });
  const look = isSounding
    ? 'border-signal bg-signal text-[#fff]'
    : 'border-line-strong hover:border-ink hover:bg-ink hover:text-paper';
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      onClick={() => (isSounding ? player.pause() : player.play(track, at))}
      className={`mt-0.5 inline-flex size-10 shrink-0 items-center justify-center rounded-full border transition-colors duration-150 md:size-8 ${look}`}
    >
      <Icon name={isSounding ? 'pause' : 'play'} size={14} />
    </button>
  );
}
