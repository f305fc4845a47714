import { readFile, stat } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSeed, type Seed, seedSoundPath } from './seed-data.ts';

let seed: Seed;
beforeAll(async () => {
  seed = await readSeed();
});

describe('the seed', () => {
  test('has the débats of a small assembly, each with a key of its own', () => {
    expect(seed.debats.length).toBeGreaterThanOrEqual(12);
    expect(new Set(seed.debats.map(({ key }) => key)).size).toBe(seed.debats.length);
    expect(new Set(seed.debats.map(({ type }) => type)).size).toBe(5);
  });

  test('has something to hear, from a text that is kept, in less than 3 MB', async () => {
    const sounds = seed.debats.flatMap(({ sound }) => sound ?? []);
    expect(sounds).toHaveLength(3);
    const sizes = await Promise.all(sounds.map(async (file) => (await stat(seedSoundPath(file))).size));
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(3_000_000);
    for (const file of sounds) {
      const text = seedSoundPath(file).replace('/sound/', '/texts/').replace('.opus', '.txt');
      expect((await readFile(text, 'utf8')).length).toBeGreaterThan(2_000);
    }
  });

  test('names a sample with sound', () => {
    expect(seed.debats.find(({ key }) => key === seed.sample)?.sound).toBeDefined();
  });

  test('says nothing twice about what is still to come', () => {
    for (const { status, weeksAgo, sound } of seed.debats) {
      expect(status).toBe(sound ? undefined : weeksAgo < 0 ? 'programme' : 'termine');
    }
  });

  test('keeps French typography: no straight apostrophe, no plain space before high punctuation', () => {
    const texts = seed.debats.flatMap(({ title, description }) => [title, description]);
    expect(texts.filter((text) => /'| [;:!?»]|« /.test(text))).toEqual([]);
  });
});
