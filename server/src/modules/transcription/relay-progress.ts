import { Check } from 'typebox/value';
import { may } from '../../kernel/auth/actor.ts';
import type { Hints } from '../../kernel/events/hints.ts';
import type { ChannelRule, HubMessage, SocketHub } from '../../kernel/http/socket-hub.ts';
import { PROGRESS_CHANNEL, TranscriptionProgress } from './events.ts';

const CHANNEL = 'transcriptions';
const PERMISSION = 'transcription.read';

/** The channel of `WS /ws` that tells how transcriptions come along. */
export const channelRule: ChannelRule = {
  name: CHANNEL,
  matches: (channel) => channel === CHANNEL,
  maySubscribe: (actor) => may(actor, PERMISSION),
  isOfferedTo: (actor) => may(actor, PERMISSION),
};

/** Passes hints on to the clients that this process holds; returns what ends it. */
export function relayProgress(hints: Hints, sockets: SocketHub): () => void {
  return hints.on(PROGRESS_CHANNEL, (data) => {
    if (Check(TranscriptionProgress, data)) sockets.publish(toMessage(data));
  });
}

const TYPES: Partial<Record<TranscriptionProgress['status'], string>> = {
  done: 'transcription_completed',
  error: 'transcription_failed',
};

function toMessage(hint: TranscriptionProgress): HubMessage {
  const { organisationId, transcriptionId, recordingId, status, progress, message } = hint;
  return {
    organisationId,
    channel: CHANNEL,
    type: TYPES[status] ?? 'transcription_progress',
    data: { transcription_id: transcriptionId, recording_id: recordingId, status, progress, message },
    permission: PERMISSION,
  };
}
