import type { HubMessage } from './socket-hub.ts';

/** A published message with its text as it goes on the wire. */
export interface SentMessage {
  message: HubMessage;
  text: string;
}

/** The last messages of each channel, for those who subscribe a moment later. */
export interface Replay {
  keep(sent: SentMessage): void;
  last(organisationId: string, channel: string): readonly SentMessage[];
}

/** Keeps `length` messages of at most `channels` channels; the channel silent for longest goes first. */
export function createReplay(length: number, channels: number): Replay {
  const kept = new Map<string, SentMessage[]>();
  return {
    keep: (sent) => {
      const key = keyOf(sent.message.organisationId, sent.message.channel);
      const messages = kept.get(key) ?? [];
      messages.push(sent);
      if (messages.length > length) messages.shift();
      // Deleted and set again: a Map iterates in order of insertion, so the first key is the longest silent.
      kept.delete(key);
      kept.set(key, messages);
      const oldest = kept.keys().next();
      if (kept.size > channels && !oldest.done) kept.delete(oldest.value);
    },
    last: (organisationId, channel) => kept.get(keyOf(organisationId, channel)) ?? [],
  };
}

const keyOf = (organisationId: string, channel: string): string => `${organisationId} ${channel}`;
