import type { Executor } from '../../../kernel/db/db.ts';
import { transcoderFull } from '../errors.ts';
import {
  lockRenditionQueueAcrossOrganisations,
  type RenditionQueue,
  readRenditionQueueAcrossOrganisations,
} from './rendition-queue-repo.ts';

/** One organisation leaves a quarter of the places to the others. */
const OWN_SHARE = 0.75;
/** Until something has been encoded here: an hour of sound in some two minutes. */
const SECONDS_PER_SOUND_SECOND = 0.03;
const LONGEST_WAIT_SECONDS = 3600;
const DEEPEST_PRIORITY = 50;

/**
 * Takes a place in the queue in the caller's transaction, or throws 429 `media.transcoder-full` with the time after
 * which one should be free. Answers the priority of the job: the more an organisation has waiting, the later it comes.
 */
export async function takeRenditionPlace(
  q: Executor,
  organisationId: string,
  mostWaiting: number,
): Promise<number> {
  await lockRenditionQueueAcrossOrganisations(q);
  const queue = await readRenditionQueueAcrossOrganisations(q, organisationId);
  const isOwnFull = queue.own >= Math.max(1, Math.floor(mostWaiting * OWN_SHARE));
  if (queue.unfinished >= mostWaiting || isOwnFull) {
    const seconds = secondsToPlace(queue);
    const whose = isOwnFull ? 'Your organisation has' : 'There are';
    const count = isOwnFull ? queue.own : queue.unfinished;
    throw transcoderFull(`${whose} ${count} renditions waiting already; ask again in ${seconds} s.`, {
      headers: { 'retry-after': String(seconds) },
      members: { waiting: count },
    });
  }
  return -Math.min(DEEPEST_PRIORITY, queue.own);
}

/** Until the next one of the queue is done, at the speed of the last. */
export function secondsToPlace(queue: RenditionQueue): number {
  return clamped(workSeconds(queue, queue.soundSeconds / Math.max(1, queue.unfinished)));
}

/** Until everything that waits is done, with so much more sound behind it. */
export function secondsToEnd(queue: RenditionQueue, moreSoundSeconds = 0): number {
  return clamped(workSeconds(queue, queue.soundSeconds + moreSoundSeconds));
}

function workSeconds({ secondsPerSoundSecond, running }: RenditionQueue, soundSeconds: number): number {
  return ((secondsPerSoundSecond ?? SECONDS_PER_SOUND_SECOND) * soundSeconds) / Math.max(1, running);
}

const clamped = (seconds: number): number => Math.min(LONGEST_WAIT_SECONDS, Math.max(1, Math.ceil(seconds)));
