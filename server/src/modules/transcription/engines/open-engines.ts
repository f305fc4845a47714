import type { Config } from '../../../kernel/config/config.ts';
import { type Engine, type EngineInfo, type Engines, knowsLanguage, primaryLanguage } from './engine.ts';
import { createHttpEngine } from './http-engine.ts';
import { speechServer } from './http-request.ts';
import { openPocketsphinx, type ProgramRunner } from './pocketsphinx-engine.ts';

/** The settings that choose engines. */
export type EngineSettings = Pick<Config['transcription'], 'engine' | 'apiUrl' | 'apiKey' | 'apiModel'>;

/** OpenAI's name, which most servers of the protocol take for “the one you have”. */
const usualModel = 'whisper-1';

const notChosen = 'TRANSCRIPTION_ENGINE chose another';

/**
 * Opens what the settings allow: TRANSCRIPTION_ENGINE `auto` takes the server of TRANSCRIPTION_API_URL first, then
 * pocketsphinx for the languages that it has. Tells the operator when the one that was chosen cannot be had.
 */
export async function openEngines(
  settings: EngineSettings,
  tools: ProgramRunner,
  log: { warn(message: string): void },
): Promise<Engines> {
  const isChosen = (name: Engine['name']) => settings.engine === 'auto' || settings.engine === name;
  const http = openHttp(settings);
  const pocketsphinx = await openPocketsphinx(tools);
  const opened = [
    { name: 'http', languages: 'any', engine: http },
    { name: 'pocketsphinx', languages: ['en'], engine: pocketsphinx },
  ] as const;
  const list: EngineInfo[] = opened.map(({ name, languages, engine }) => {
    const reason = isChosen(name) ? (typeof engine === 'string' ? engine : null) : notChosen;
    return { name, languages, available: reason === null, reason };
  });
  const engines = opened.flatMap(({ name, engine }) =>
    typeof engine === 'string' || !isChosen(name) ? [] : [engine],
  );
  const notice = noticeOf(settings, list);
  if (notice !== null) log.warn(notice);
  return {
    list,
    forLanguage: (language) => engines.find(({ languages }) => knowsLanguage(languages, language)) ?? null,
    howToGetOne: (language) => howToGetOne(settings, primaryLanguage(language)),
  };
}

function openHttp({ apiUrl, apiKey, apiModel }: EngineSettings): Engine | string {
  if (apiUrl === null) return 'TRANSCRIPTION_API_URL is not set';
  return createHttpEngine({ server: speechServer(apiUrl, apiKey), model: apiModel ?? usualModel });
}

function noticeOf({ engine }: EngineSettings, list: readonly EngineInfo[]): string | null {
  if (engine === 'whisper') {
    return 'TRANSCRIPTION_ENGINE=whisper is not built in: nothing is transcribed. Run a whisper server and set TRANSCRIPTION_API_URL';
  }
  const chosen = list.find(({ name }) => name === engine);
  if (!chosen || chosen.reason === null) return null;
  return `TRANSCRIPTION_ENGINE=${engine} cannot be used: ${chosen.reason}`;
}

/** What the operator can do, in a sentence or two. */
function howToGetOne({ engine, apiUrl }: EngineSettings, language: string): string {
  const server =
    'Set TRANSCRIPTION_API_URL to an OpenAI-compatible speech server (speaches, vLLM, whisper.cpp server, OpenAI)';
  const install = 'install pocketsphinx and pocketsphinx-en-us';
  if (engine === 'none' || engine === 'whisper') {
    const turnOn = `Transcription is turned off by TRANSCRIPTION_ENGINE=${engine}: set it to auto.`;
    return apiUrl === null ? `${turnOn} ${server}.` : turnOn;
  }
  if (engine === 'pocketsphinx' && language !== 'en') {
    return `pocketsphinx knows English only: set TRANSCRIPTION_ENGINE=auto. ${server}.`;
  }
  if (language !== 'en' || engine === 'http') return `${server}.`;
  return engine === 'pocketsphinx'
    ? `On the machine of the worker, ${install}.`
    : `${server}, or ${install}.`;
}
