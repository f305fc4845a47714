import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { Executor } from '../../kernel/db/db.ts';
import type { Hints } from '../../kernel/events/hints.ts';
import type { Visibility } from '../media/public.ts';
import type { Debat, DebatStatus } from './debat.ts';

/** Hint: something about a débat that connected clients want to hear; every process passes it on to its own. */
export const DEBAT_NEWS = 'archive.debat-news';

const DebatNewsSchema = Type.Object({
  organisationId: Type.String(),
  debatId: Type.String(),
  recordingId: Type.Union([Type.String(), Type.Null()]),
  visibility: Type.Enum(['public', 'unlisted', 'private']),
  type: Type.Enum(['debate_started', 'debate_ended', 'extraction_completed', 'extraction_failed']),
  title: Type.String(),
  status: Type.String(),
  message: Type.Union([Type.String(), Type.Null()]),
});
/** What has happened to a débat, and who may hear of it. */
export type DebatNews = Static<typeof DebatNewsSchema>;

/** The hint's data, or null when it has another shape (an older process during an upgrade). */
export function readDebatNews(data: unknown): DebatNews | null {
  return Check(DebatNewsSchema, data) ? data : null;
}

const HINT_TITLE_CHARS = 200;

interface Told {
  id: string;
  organisationId: string;
  title: string;
  status: DebatStatus;
  visibility: Visibility;
}

const about = (debat: Told) => ({
  organisationId: debat.organisationId,
  debatId: debat.id,
  visibility: debat.visibility,
  title: debat.title.slice(0, HINT_TITLE_CHARS),
});

/** Tells that a débat begins or ends, when that is what a change of status means; leaves with the commit. */
export async function announceStatus(
  hints: Hints,
  q: Executor,
  before: DebatStatus | null,
  after: Told,
): Promise<void> {
  const isOn = after.status === 'en_cours';
  if (isOn === (before === 'en_cours')) return;
  const type: DebatNews['type'] = isOn ? 'debate_started' : 'debate_ended';
  const news = { ...about(after), recordingId: null, type, status: after.status, message: null };
  await hints.publish(q, DEBAT_NEWS, news satisfies DebatNews);
}

/** Tells how a débat's extraction ended, once the débat itself shows it. */
export async function announceEnd(
  hints: Hints,
  q: Executor,
  debat: Debat,
  status: DebatStatus,
  recording: { id: string; status: string; errorMessage: string | null },
): Promise<void> {
  if (recording.status !== 'ready' && recording.status !== 'error') return;
  const isReady = recording.status === 'ready';
  await hints.publish(q, DEBAT_NEWS, {
    ...about(debat),
    recordingId: recording.id,
    type: isReady ? 'extraction_completed' : 'extraction_failed',
    status,
    message: isReady ? null : recording.errorMessage,
  } satisfies DebatNews);
}
