import { Check } from 'typebox/value';
import type { Db } from '../../kernel/db/db.ts';
import type { Hints } from '../../kernel/events/hints.ts';
import type { HubMessage, SocketHub } from '../../kernel/http/socket-hub.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { PROGRESS_CHANNEL, RecordingProgress } from '../media/public.ts';
import type { Debat } from './debat.ts';
import { debatsOfRecording } from './debat-repo.ts';
import { DEBAT_NEWS, type DebatNews, readDebatNews } from './news.ts';
import { debatChannel } from './socket-channels.ts';

interface Relay {
  db: Db;
  hints: Hints;
  sockets: SocketHub;
  log: Logger;
}

/** Extractions known to have started; the one heard of longest ago is forgotten first. */
const MOST_REMEMBERED = 1_000;
/** Progress may be lost: while the database is slow, later hints are dropped rather than piled up. */
const MOST_WAITING = 200;

/** Passes hints on to the clients that this process holds; returns what ends it. */
export function relayNews({ db, hints, sockets, log }: Relay): () => void {
  const started = new Set<string>();
  let queue: Promise<void> = Promise.resolve();
  let waiting = 0;
  const ends = [
    hints.on(DEBAT_NEWS, (data) => {
      const news = readDebatNews(data);
      for (const message of news ? newsMessages(news) : []) sockets.publish(message);
    }),
    hints.on(PROGRESS_CHANNEL, (data) => {
      if (!Check(RecordingProgress, data)) return;
      sockets.publish(recordingMessage(data));
      inOrder(() => relayProgress(data));
    }),
  ];

  /** The look-up of each would otherwise let a later percent overtake an earlier one. */
  function inOrder(work: () => Promise<void>): void {
    if (waiting >= MOST_WAITING) return;
    waiting += 1;
    queue = queue
      .then(work)
      .catch((error: unknown) => log.warn({ err: error }, 'progress could not be told'))
      .finally(() => {
        waiting -= 1;
      });
  }

  async function relayProgress(hint: RecordingProgress): Promise<void> {
    const { recordingId, organisationId } = hint;
    // How it ended is told by the archive itself, once the débat shows it.
    if (hint.status === 'ready' || hint.status === 'error') {
      started.delete(recordingId);
      return;
    }
    const type = started.has(recordingId) ? 'extraction_progress' : 'extraction_started';
    started.add(recordingId);
    const oldest = started.values().next();
    if (started.size > MOST_REMEMBERED && !oldest.done) started.delete(oldest.value);
    const debats = await debatsOfRecording(db.kysely, organisationId, recordingId);
    for (const debat of debats) {
      for (const message of progressMessages(type, debat, hint)) sockets.publish(message);
    }
  }

  return () => {
    for (const end of ends) end();
  };
}

/** Whoever may hear recordings that are not public sees how each comes along. */
function recordingMessage(hint: RecordingProgress): HubMessage {
  const { organisationId, recordingId, status, progress, message } = hint;
  const data = { recording_id: recordingId, status, progress, message };
  return { organisationId, channel: 'user', type: 'recording_updated', data, permission: 'media.read' };
}

/** What is not public reaches only those who may read it, whatever they subscribed to before. */
function audience(visibility: Debat['visibility']): Pick<HubMessage, 'permission'> {
  return visibility === 'private' ? { permission: 'archive.read' } : {};
}

function progressMessages(type: string, debat: Debat, hint: RecordingProgress): HubMessage[] {
  const { organisationId, recordingId, progress, message } = hint;
  const data = {
    debate_id: debat.id,
    extraction_id: recordingId,
    title: debat.title,
    status: hint.status === 'processing' ? 'extracting' : 'pending',
    progress,
    message,
  };
  return [
    { organisationId, channel: 'extractions', type, data },
    { organisationId, channel: debatChannel(debat.id), type, data, ...audience(debat.visibility) },
  ];
}

function newsMessages(news: DebatNews): HubMessage[] {
  const { organisationId, debatId, type, visibility } = news;
  const isExtraction = type === 'extraction_completed' || type === 'extraction_failed';
  const about = { debate_id: debatId, title: news.title, status: news.status };
  const isReady = type === 'extraction_completed';
  const data = isExtraction
    ? { ...about, extraction_id: news.recordingId, progress: isReady ? 100 : 0, error: news.message }
    : about;
  const own: HubMessage = {
    organisationId,
    channel: debatChannel(debatId),
    type,
    data,
    ...audience(visibility),
  };
  if (isExtraction) return [{ organisationId, channel: 'extractions', type, data }, own];
  // Unlisted débats are found by their address alone: the open channel must not give it away.
  const listed = visibility === 'public' ? {} : { permission: 'archive.read' };
  return [{ organisationId, channel: 'debats', type, data, ...listed }, own];
}
