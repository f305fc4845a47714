import { ApiProblem, ServerAway } from '@antenne/client';
import { formatDelay } from '../i18n/format.ts';
import type { Language, Translate } from '../i18n/language.ts';

/** The sentence of a failure in the reader's language, and the id that finds it in the server's log. */
export interface ProblemText {
  sentence: string;
  requestId: string | null;
}

type Sentence = (t: Translate, delay: string | null) => string;

const waiting =
  (key: 'locked' | 'busy' | 'tooManyRequests'): Sentence =>
  (t, delay) =>
    delay === null ? t(`problem.${key}Soon`) : t(`problem.${key}`, { delay });

/** By the end of a problem's type (`urn:antenne:problem:accounts.locked`). */
const byCode: Record<string, Sentence> = {
  'accounts.wrong-credentials': (t) => t('problem.wrongCredentials'),
  'accounts.locked': waiting('locked'),
  'accounts.session-ended': (t) => t('problem.sessionEnded'),
  'accounts.setup-link-used': (t) => t('problem.setupLinkUsed'),
  'archive.same-source': (t) => t('problem.sameSource'),
  'archive.no-sound': (t) => t('debat.noSoundYet'),
  'media.busy': waiting('busy'),
  'media.address-refused': (t) => t('problem.addressRefused'),
  'media.address-unreachable': (t) => t('problem.addressUnreachable'),
  'media.not-audio': (t) => t('problem.notAudio'),
};

/** When the type is not known: these statuses say enough by themselves. */
const byStatus: Record<number, Sentence> = {
  401: (t) => t('problem.sessionEnded'),
  403: (t) => t('problem.forbidden'),
  404: (t) => t('problem.notFound'),
  413: (t) => t('problem.tooLarge'),
  429: waiting('tooManyRequests'),
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
  return { sentence: known?.(t, delay) ?? own, requestId: problem.requestId };
}
