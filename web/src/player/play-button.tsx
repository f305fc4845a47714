import { usePlayerState, useServices } from '../app-services.ts';
import { Icon } from '../ui/icons.tsx';
import { warmUpStreaming } from './attach-source.ts';
import { type Track, trackKey } from './track.ts';

interface PlayButtonProps {
  track: Track;
  playName: string;
  pauseName: string;
  size?: 'row' | 'dock' | 'page';
  disabled?: boolean;
  atSeconds?: number;
}

const sizes = { row: 'size-9 md:size-8', dock: 'size-11', page: 'size-14' };
const drawings = { row: 14, dock: 19, page: 24 };

/** Plays a track where it stands. Lit with the signal only while that track is what one hears. */
export function PlayButton({
  track,
  playName,
  pauseName,
  size = 'row',
  disabled,
  atSeconds,
}: PlayButtonProps) {
  const { player } = useServices();
  const key = trackKey(track);
  const isCurrent = usePlayerState((state) => state.track !== null && trackKey(state.track) === key);
  const phase = usePlayerState((state) => state.phase);
  const isSounding = isCurrent && (phase === 'playing' || phase === 'loading' || phase === 'recovering');
  const look = isSounding
    ? 'bg-signal text-[#fff] border-signal'
    : size === 'row'
      ? 'border-line-strong text-ink hover:bg-ink hover:text-paper hover:border-ink'
      : 'border-ink bg-ink text-paper hover:bg-soft';
  return (
    <button
      type="button"
      disabled={disabled}
      aria-label={isSounding ? pauseName : playName}
      aria-busy={isCurrent && phase === 'loading'}
      title={isSounding ? pauseName : playName}
      onPointerEnter={warmUpStreaming}
      onClick={() => (isCurrent ? player.toggle() : player.play(track, atSeconds))}
      className={`relative inline-flex shrink-0 items-center justify-center rounded-full border transition-colors duration-150 disabled:border-line disabled:text-line-strong disabled:hover:bg-transparent ${sizes[size]} ${look}`}
    >
      <Icon name={isSounding ? 'pause' : 'play'} size={drawings[size]} />
    </button>
  );
}
