import { type Actor, isSignedIn } from '../../../kernel/auth/actor.ts';
import { Problem } from '../../../kernel/http/problem.ts';
import type { SocketConversation, SocketLine } from '../../../kernel/http/socket-hub.ts';
import { CLOSE, SOCKET_LIMITS } from '../../../kernel/http/socket-limits.ts';
import { newId } from '../../../kernel/id.ts';
import { type PlayerChannel, type PlayerCommand, readPlayerCommand } from './player-command.ts';
import type { PlayerContext, PlayerEvent } from './player-context.ts';
import {
  added,
  doingFrom,
  hasEnded,
  MOST_IN_PLAYLIST,
  NEW_PLAYER,
  type PlayerState,
  type PlayerTrack,
  positionAt,
  removed,
} from './player-state.ts';

/** What a player leaves behind when its line breaks, for when it comes back. */
export interface PlayerMemory {
  state: PlayerState;
  channels: readonly PlayerChannel[];
  /** Answers by the message itself, so that one that is sent again is not done again. */
  answers: ReadonlyMap<string, Answered>;
}

/** An answer, and when it was given. */
interface Answered {
  text: string;
  atMs: number;
}

/** What a conversation asks of the room that all players of this process share. */
export interface PlayerRoom {
  /** Tells the person's other players, in every process. */
  tellOthers(player: Player, event: PlayerEvent): Promise<void>;
  joined(player: Player): PlayerMemory | null;
  left(player: Player, memory: PlayerMemory): void;
}

/** One player's line, as the room sees it. */
export interface Player {
  readonly deviceId: string;
  readonly actor: Actor;
  readonly state: PlayerState;
  follows(channel: PlayerChannel): boolean;
  tell(event: PlayerEvent): void;
  /** Says how far it is, or that the end has come. */
  tick(): Promise<void>;
}

const MOST_ANSWERS = 100;
/** Longer ago, a message of the same text is a new wish: pages that are opened anew count their commands from one. */
const REPEATED_WITHIN_MS = 30_000;
/** These change nothing, and their answers do. */
const ALWAYS_ANEW: ReadonlySet<string> = new Set(['GetStatus', 'Ping']);
const WARN_EVERY_MS = 1_000;

/** Speaks with one player (CONTRACTS "WS /api/ws"). */
export function openPlayer(context: PlayerContext, room: PlayerRoom, line: SocketLine): SocketConversation {
  const { clock, log } = context;
  const channels = new Set<PlayerChannel>(['playback']);
  const answers = new Map<string, Answered>();
  let state = NEW_PLAYER;
  let faults = 0;
  let warnedAtMs = Number.NEGATIVE_INFINITY;
  let hasEntered = false;

  const write = ({ event, ...members }: PlayerEvent): string =>
    JSON.stringify({ event, type: event, ...members, timestamp: new Date(clock.now()).toISOString() });

  const player: Player = {
    deviceId: line.clientId,
    get actor() {
      return line.actor;
    },
    get state() {
      return state;
    },
    follows: (channel) => channels.has(channel),
    tell: (event) => line.send(write(event)),
    tick,
  };

  /** To this player and the person's others. */
  async function happened(event: string, members: Record<string, unknown>): Promise<void> {
    const told = { event, event_id: newId(), device_id: player.deviceId, ...members };
    player.tell(told);
    if (isSignedIn(line.actor)) await room.tellOthers(player, told);
  }

  const playing = (more: Record<string, unknown> = {}) => ({
    ...state.track,
    position_seconds: positionAt(state, clock.now()),
    ...more,
  });

  async function tick(): Promise<void> {
    if (hasEnded(state, clock.now())) {
      const ended = playing({ reason: 'ended' });
      state = doingFrom(state, 'stopped', clock.now(), { positionSeconds: 0 });
      await happened('PlaybackStopped', ended);
    } else if (state.doing === 'playing' && channels.has('progress')) {
      player.tell({ event: 'PlaybackProgress', device_id: player.deviceId, ...playing() });
    }
  }

  function respond(
    id: string | null,
    success: boolean,
    data: unknown,
    error: Problem | string | null,
  ): string {
    return write({
      event: 'CommandResponse',
      command_id: id,
      success,
      data,
      error: error instanceof Problem ? error.message : error,
      error_code: error instanceof Problem ? error.code : error === null ? null : 'player.refused',
    });
  }

  async function receive(text: string): Promise<void> {
    const read = readPlayerCommand(text);
    if ('fault' in read) {
      line.send(respond(read.id, false, null, read.fault));
      faults += 1;
      if (faults >= SOCKET_LIMITS.maxFaults) line.end(CLOSE.policy, 'too many messages that make no sense');
      return;
    }
    const before = answers.get(text);
    if (before && clock.now() - before.atMs < REPEATED_WITHIN_MS) return line.send(before.text);
    const after: (() => Promise<void>)[] = [];
    let answer: string;
    try {
      answer = respond(read.id, true, await run(read.command, (work) => void after.push(work)), null);
    } catch (error) {
      if (!(error instanceof Problem) && !(error instanceof Refusal)) throw error;
      answer = respond(read.id, false, null, error instanceof Problem ? error : error.message);
    }
    if (!ALWAYS_ANEW.has(read.command.name)) remember(text, answer);
    line.send(answer);
    for (const work of after) await work();
  }

  function remember(message: string, answer: string): void {
    answers.set(message, { text: answer, atMs: clock.now() });
    const oldest = answers.keys().next();
    if (answers.size > MOST_ANSWERS && !oldest.done) answers.delete(oldest.value);
  }

  /** Does a command and answers its data; `then` is told to others once it has been answered. */
  async function run(command: PlayerCommand, then: (work: () => Promise<void>) => void): Promise<unknown> {
    const now = clock.now();
    const tell = (event: string, members: Record<string, unknown>) => then(() => happened(event, members));
    switch (command.name) {
      case 'Play':
        return play(command.with, tell);
      case 'Pause':
        if (state.doing !== 'playing') throw new Refusal('Nothing is playing.');
        state = doingFrom(state, 'paused', now);
        tell('PlaybackPaused', playing());
        return playing();
      case 'Stop': {
        if (state.doing === 'stopped') throw new Refusal('Nothing is playing.');
        const stopped = playing({ reason: 'stopped' });
        state = doingFrom(state, 'stopped', now, { positionSeconds: 0 });
        tell('PlaybackStopped', stopped);
        return stopped;
      }
      case 'Seek':
        if (state.track === null) throw new Refusal('There is nothing to seek in: play something first.');
        state = doingFrom(state, state.doing, now, { positionSeconds: command.with.position_seconds });
        tell('PlaybackProgress', playing());
        return playing();
      case 'AddToPlaylist': {
        const { track_id: id, index } = command.with;
        return changeList(added(state, await context.findTrack(line.actor, id), index), tell, FULL);
      }
      case 'RemoveFromPlaylist':
        return changeList(removed(state, command.with), tell, 'There is no such track in the playlist.');
      case 'Subscribe':
        if (command.with.channels.includes('stats') && !isSignedIn(line.actor))
          throw new Refusal('Sign in to follow stats.');
        for (const channel of command.with.channels) channels.add(channel);
        return { channels: [...channels] };
      case 'Unsubscribe':
        for (const channel of command.with.channels) channels.delete(channel);
        return { channels: [...channels] };
      case 'GetStatus':
        return status();
      case 'Ping':
        return { server_time: new Date(now).toISOString() };
    }
  }

  type Tell = (event: string, members: Record<string, unknown>) => void;

  async function play(
    { track_id: id, position_seconds: position }: { track_id?: string; position_seconds?: number },
    tell: Tell,
  ): Promise<unknown> {
    const track = await trackToPlay(id);
    const isSame = track.track_id === state.track?.track_id;
    const resumes = isSame && state.doing === 'paused' && position === undefined;
    // Playing what plays already changes nothing: a page may say so each time that it is opened.
    if (isSame && state.doing === 'playing' && position === undefined) return playing();
    const from = position ?? (resumes ? undefined : 0);
    state = doingFrom(
      state,
      'playing',
      clock.now(),
      from === undefined ? { track } : { track, positionSeconds: from },
    );
    tell(resumes ? 'PlaybackResumed' : 'PlaybackStarted', playing());
    return playing();
  }

  /** What was named; else what is paused; else the first of the playlist. */
  async function trackToPlay(id: string | undefined): Promise<PlayerTrack> {
    const wanted =
      id ?? (state.doing === 'stopped' ? undefined : state.track?.track_id) ?? state.playlist[0]?.track_id;
    if (wanted === undefined) throw new Refusal('Say which track to play: the playlist is empty.');
    return context.findTrack(line.actor, wanted);
  }

  function changeList(next: PlayerState | null, tell: Tell, refusal: string): unknown {
    if (next === null) throw new Refusal(refusal);
    state = next;
    tell('PlaylistUpdated', { track_ids: state.playlist.map((track) => track.track_id) });
    return { playlist: state.playlist };
  }

  const status = () => ({
    device_id: player.deviceId,
    state: state.doing,
    track: state.track,
    position_seconds: positionAt(state, clock.now()),
    playlist: state.playlist,
    channels: [...channels],
  });

  return {
    entered: () => {
      hasEntered = true;
      const memory = room.joined(player);
      if (memory) {
        state = memory.state;
        for (const channel of memory.channels) channels.add(channel);
        for (const [message, answer] of memory.answers) answers.set(message, answer);
      }
      const { maxMessageBytes, messagesPerSecond } = SOCKET_LIMITS;
      player.tell({
        event: 'ServerMessage',
        message: memory ? 'Welcome back: the player is as it was.' : 'Welcome.',
        resumed: memory !== null,
        limits: { maxMessageBytes, messagesPerSecond, playlist: MOST_IN_PLAYLIST },
        status: status(),
      });
    },
    receive,
    tooFast: () => {
      if (clock.now() - warnedAtMs < WARN_EVERY_MS) return;
      warnedAtMs = clock.now();
      const { messagesPerSecond } = SOCKET_LIMITS;
      player.tell({
        event: 'RateLimitWarning',
        message: `At most ${messagesPerSecond} messages a second: this one was not read. The connection ends if it goes on.`,
        messages_per_second: messagesPerSecond,
      });
    },
    closed: () => {
      if (!hasEntered) return;
      room.left(player, { state, channels: [...channels], answers });
      log.debug({ device: player.deviceId }, 'a player has gone');
    },
  };
}

const FULL = `The playlist is full: it holds at most ${MOST_IN_PLAYLIST} tracks.`;

/** A command that makes sense, and not now. */
class Refusal extends Error {}
