import { expect, test } from 'vitest';
import { checkConfig, loadConfig } from './load-config.ts';

const cwd = '/nowhere';

test('what is made ahead is a list of formats with or without their rates', () => {
  const ahead = (value?: string) =>
    loadConfig(
      { SECRET_KEY: 'a secret for tests only, of enough characters', RENDITIONS_AHEAD: value },
      { cwd },
    ).renditionsAhead;
  expect(ahead()).toEqual([
    { format: 'mp3', quality: null },
    { format: 'aac', quality: '128k' },
  ]);
  expect(ahead('mp3:64k, flac,opus:320k')).toEqual([
    { format: 'mp3', quality: '64k' },
    { format: 'flac', quality: null },
    { format: 'opus', quality: '320k' },
  ]);
});

test.each(['mp3:97k', 'wav:128k', 'vorbis', 'mp3:', 'aac:128', ':128k'])('%j is refused by name', (value) => {
  const { faults } = checkConfig({ RENDITIONS_AHEAD: value }, { cwd });
  expect(faults).toEqual([expect.stringMatching(/^RENDITIONS_AHEAD must be /)]);
});
