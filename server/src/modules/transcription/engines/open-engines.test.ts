import { describe, expect, test } from 'vitest';
import { type EngineSettings, openEngines } from './open-engines.ts';
import type { ProgramRunner } from './pocketsphinx-engine.ts';

const tools: ProgramRunner = {
  findProgram: async () => null,
  runProgram: () => Promise.reject(new Error('not here')),
};
const unset: EngineSettings = { engine: 'auto', apiUrl: null, apiKey: null, apiModel: null };
const server: EngineSettings = { ...unset, apiUrl: 'https://me:secret@speech.test/v1', apiKey: 'sk-secret' };

async function open(settings: EngineSettings) {
  const warnings: string[] = [];
  const engines = await openEngines(settings, tools, { warn: (message) => warnings.push(message) });
  expect(JSON.stringify([engines.list, warnings, engines.howToGetOne('fr')])).not.toContain('secret');
  return { ...engines, warnings };
}

describe('the choice', () => {
  test('by itself, without anything', async () => {
    const { list, forLanguage, warnings } = await open(unset);
    expect(list).toEqual([
      { name: 'http', languages: 'any', available: false, reason: 'TRANSCRIPTION_API_URL is not set' },
      { name: 'pocketsphinx', languages: ['en'], available: false, reason: 'pocketsphinx is not installed' },
    ]);
    expect([forLanguage('fr'), forLanguage('en'), warnings]).toEqual([null, null, []]);
  });

  test('by itself, with a server', async () => {
    const { list, forLanguage } = await open(server);
    expect(list[0]).toMatchObject({ available: true, reason: null });
    expect([forLanguage('fr-FR')?.name, forLanguage('br')?.name]).toEqual(['http', 'http']);
  });

  test.each(['none', 'pocketsphinx', 'whisper'] as const)('%s leaves the server alone', async (engine) => {
    const { forLanguage, list } = await open({ ...server, engine });
    expect(forLanguage('fr')).toBeNull();
    expect(list[0]).toMatchObject({ available: false, reason: 'TRANSCRIPTION_ENGINE chose another' });
  });

  test('what was chosen and cannot be had is said at start', async () => {
    expect((await open({ ...unset, engine: 'http' })).warnings).toEqual([
      'TRANSCRIPTION_ENGINE=http cannot be used: TRANSCRIPTION_API_URL is not set',
    ]);
    expect((await open({ ...unset, engine: 'whisper' })).warnings[0]).toContain('not built in');
    expect((await open({ ...unset, engine: 'none' })).warnings).toEqual([]);
  });
});

test.each<[EngineSettings['engine'], string | null, string, RegExp, RegExp]>([
  ['auto', null, 'fr', /^Set TRANSCRIPTION_API_URL/, /pocketsphinx/],
  ['auto', null, 'en-GB', /or install pocketsphinx/, /turned off/],
  ['http', null, 'en', /^Set TRANSCRIPTION_API_URL/, /install/],
  ['pocketsphinx', null, 'fr', /English only/, /turned off/],
  ['pocketsphinx', null, 'en', /install pocketsphinx/, /API_URL/],
  ['none', null, 'fr', /turned off by TRANSCRIPTION_ENGINE=none.*API_URL/, /install/],
  ['none', 'https://speech.test', 'fr', /set it to auto\.$/, /API_URL/],
])('how to get an engine: %s, server %s, %s', async (engine, apiUrl, language, says, saysNot) => {
  const { howToGetOne } = await open({ ...unset, engine, apiUrl });
  expect(howToGetOne(language)).toMatch(says);
  expect(howToGetOne(language)).not.toMatch(saysNot);
});
