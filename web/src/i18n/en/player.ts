import type { player as French } from '../fr/player.ts';

export const player: typeof French = {
  player: {
    label: 'Player',
    play: 'Play',
    pause: 'Pause',
    back: 'Back 10 seconds',
    forward: 'Forward 10 seconds',
    rate: 'Speed',
    position: 'Position in the sound',
    positionValue: '{{time}} of {{total}}',
    zoomIn: 'Zoom into the waveform',
    zoomOut: 'Zoom out of the waveform',
    copy: 'Copy the address of this instant',
    close: 'Close the player',
    recovering: 'Connection lost, resuming at {{time}}…',
    failed: 'The sound cannot be played.',
    retry: 'Try again',
  },
};
