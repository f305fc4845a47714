import type { ReplyOf, Schema } from '@antenne/client';
import { spokenLanguages } from '../media/spoken-languages.ts';

/** A request for a text, and how far it is. */
export type Transcription = Schema<'Transcription'>;
export type TranscriptionState = Transcription['status'];

/** The text of a recording as it stands now. */
export type Transcript = Schema<'Transcript'>;

export type TranscriptionPage = ReplyOf<'/api/transcriptions', 'get'>;

/** What this server has to recognise speech with. */
export type Engines = ReplyOf<'/api/transcription-engines', 'get'>;

/** True while the server still has something to do with it. */
export const isUnderWay = ({ status }: Pick<Transcription, 'status'>): boolean =>
  status === 'pending' || status === 'queued' || status === 'processing' || status === 'transcribed';

const foretellsFromPercent = 4;

/** The seconds still to go if it goes on as it began; null while that would be a guess. */
export function secondsLeft(
  {
    status,
    progress,
    processing_start_time: began,
  }: Pick<Transcription, 'status' | 'progress' | 'processing_start_time'>,
  nowMs: number,
): number | null {
  if (status !== 'processing' || began === null || progress < foretellsFromPercent) return null;
  const spentSeconds = (nowMs - Date.parse(began)) / 1000;
  return spentSeconds > 0 ? (spentSeconds / progress) * (100 - progress) : null;
}

/** The first part of a language's tag, which is what engines know: `en-GB` → `en`. */
export const languageOf = (tag: string): string => tag.split('-')[0]?.toLowerCase() ?? tag;

/** True when an engine that is there has the language. */
export const hasEngineFor = ({ engines }: Engines, language: string): boolean =>
  engines.some(
    ({ available, languages }) =>
      available && (languages === 'any' || languages.includes(languageOf(language))),
  );

/** The languages one may choose from: the usual ones, what the engines name, and the recording's own. */
export function languagesToChoose(engines: Engines | undefined, own: string | null): string[] {
  const named = (engines?.engines ?? []).flatMap(({ languages }) => (languages === 'any' ? [] : languages));
  return [
    ...new Set([...(own === null ? [] : [languageOf(own)]), ...spokenLanguages, ...named.map(languageOf)]),
  ];
}
