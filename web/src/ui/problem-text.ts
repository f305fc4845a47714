import { ApiProblem, ServerAway } from '@antenne/client';
import { formatDelay } from '../i18n/format.ts';
import type { Language, Translate } from '../i18n/language.ts';

/** The sentence of a failure in the reader's language, and the id that finds it in the server's log. */
export interface ProblemText {
  sentence: string;
  requestId: string | null;
}

type Sentence = (t: Translate, delay: string | null, extra?: Record<string, unknown>) => string;

const waiting =
  (key: 'locked' | 'busy' | 'tooManyRequests'): Sentence =>
  (t, delay) =>
    delay === null ? t(`problem.${key}Soon`) : t(`problem.${key}`, { delay });

/** By the end of a problem's type (`urn:antenne:problem:accounts.locked`). */
const byCode: Record<string, Sentence> = {
  'accounts.locked-out': waiting('locked'),
  'accounts.sign-in-busy': waiting('tooManyRequests'),
  'accounts.setup-link-refused': (t) => t('problem.setupLinkUsed'),
  'accounts.already-set-up': (t) => t('problem.setupLinkUsed'),
  'accounts.name-taken': (t) => t('problem.nameTaken'),
  'archive.same-source': (t) => t('problem.sameSource'),
  'archive.no-audio': (t) => t('debat.noSoundYet'),
  'archive.no-source': (t) => t('problem.noSource'),
  'media.busy': waiting('busy'),
  'media.address-refused': (t) => t('problem.addressRefused'),
  'media.already-imported': (t) => t('problem.alreadyImported'),
  'media.fetch-failed': (t) => t('problem.fetchFailed'),
  'media.no-sound-found': (t) => t('problem.noSoundFound'),
  'media.live-stream': (t) => t('problem.liveStream'),
  'media.protected': (t) => t('problem.protectedStream'),
  'media.bad-playlist': (t) => t('problem.badPlaylist'),
  'media.disguised': (t) => t('problem.badPlaylist'),
  'media.site-failed': (t) => t('problem.siteFailed'),
  'media.extraction-timeout': (t) => t('problem.timeout'),
  'media.not-audio': (t) => t('problem.notAudio'),
  'media.broken-file': (t) => t('problem.brokenFile'),
  'media.empty-file': (t) => t('problem.emptyFile'),
  'media.file-too-large': (t) => t('problem.tooLarge'),
  'media.upload-too-large': (t) => t('problem.tooLarge'),
  'media.too-many-uploads': waiting('tooManyRequests'),
  'media.storage-full': (t) => t('problem.diskFull'),
  'media.quota-exceeded': (t) => t('problem.quotaExceeded'),
  'media.recording-in-use': (t) => t('problem.recordingInUse'),
  'media.original-removed': (t) => t('problem.originalRemoved'),
  'media.original-missing': (t) => t('problem.soundGone'),
  'media.original-damaged': (t) => t('problem.soundGone'),
  'storage-away': (t) => t('problem.filesAway'),
  'storage-full': (t) => t('problem.diskFull'),
  'media.timeout': (t) => t('problem.timeout'),
  'media.analysis-failed': (t) => t('problem.unmeasured'),
  'media.cancelled': (t) => t('problem.cancelled'),
  'transcription.no-engine': (t) => t('problem.noEngine'),
  'transcription.under-way': (t) => t('problem.textUnderWay'),
  'transcription.bad-file': (t, _, extra) =>
    typeof extra?.line === 'number'
      ? t('problem.badTranscriptAt', { line: extra.line })
      : t('problem.badTranscript'),
  'transcription.file-too-large': (t) => t('problem.tooLarge'),
  'transcription.storage-full': (t) => t('problem.diskFull'),
  'transcription.broken-sound': (t) => t('problem.brokenFile'),
  'transcription.no-sound': (t) => t('problem.soundGone'),
  'transcription.internal': (t) => t('problem.unknown'),
  'transcription.tool-failed': (t) => t('problem.engineFailed'),
  'transcription.engine-unreachable': (t) => t('problem.engineAway'),
  'transcription.engine-timeout': (t) => t('problem.timeout'),
  'transcription.engine-busy': (t) => t('problem.engineBusy'),
  'transcription.engine-server-error': (t) => t('problem.engineFailed'),
  'transcription.engine-refused-key': (t) => t('problem.engineKey'),
  'transcription.engine-not-found': (t) => t('problem.engineNotFound'),
  'transcription.engine-too-large': (t) => t('problem.engineTooLarge'),
  'transcription.engine-rejected': (t) => t('problem.engineRejected'),
  'transcription.engine-redirected': (t) => t('problem.engineRedirected'),
  'transcription.engine-nonsense': (t) => t('problem.engineNonsense'),
  'transcription.engine-tool-failed': (t) => t('problem.engineFailed'),
  'transcription.cancelled': (t) => t('problem.cancelled'),
  overloaded: waiting('tooManyRequests'),
};

/** The sentence of a failure kept with a recording: by its code where we know it, else the server's own. */
export function failureText(code: string | null, sentence: string | null, t: Translate): string | null {
  const status = code === 'media.fetch-failed' ? /\bstatus (\d{3})\b/.exec(sentence ?? '')?.[1] : undefined;
  if (status !== undefined) return t('problem.fetchStatus', { status });
  return (code === null ? undefined : byCode[code]?.(t, null)) ?? sentence;
}

/** When the type is not known: these statuses say enough by themselves. */
const byStatus: Record<number, Sentence> = {
  401: (t) => t('problem.sessionEnded'),
  403: (t) => t('problem.forbidden'),
  404: (t) => t('problem.notFound'),
  413: (t) => t('problem.tooLarge'),
  429: waiting('tooManyRequests'),
  503: waiting('tooManyRequests'),
  507: (t) => t('problem.diskFull'),
};

/** Turns any failure into a sentence: ours where the type is known, else the server's own detail. */
export function problemText(problem: unknown, t: Translate, language: Language): ProblemText {
  if (problem instanceof ServerAway) return { sentence: t('problem.away'), requestId: null };
  if (!(problem instanceof ApiProblem)) return { sentence: t('problem.unknown'), requestId: null };
  const delay = problem.retryAfterSeconds === null ? null : formatDelay(problem.retryAfterSeconds, language);
  const code = problem.type.slice(problem.type.lastIndexOf(':') + 1);
  const known = byCode[code] ?? byStatus[problem.status];
  const fields = problem.errors.map(({ message }) => message).filter((message) => message !== '');
  const own = fields.length > 0 ? `${t('problem.validation')} ${fields.join(' ')}` : problem.detail;
  return { sentence: known?.(t, delay, problem.extra) ?? own, requestId: problem.requestId };
}
