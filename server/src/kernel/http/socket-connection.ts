import type { Actor } from '../auth/actor.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log/log.ts';
import type {
  ChannelRule,
  ConnectionRequest,
  SocketConversation,
  SocketDialect,
  SocketLine,
  Wire,
} from './socket-hub.ts';
import { CLOSE, createBucket, type SocketLimits } from './socket-limits.ts';
import { type ClientMessage, readClientMessage, writeServerMessage } from './socket-message.ts';
import type { SentMessage } from './socket-replay.ts';

/** What a connection asks of the hub that holds it. */
export interface ConnectionHome {
  clock: Clock;
  log: Logger;
  limits: SocketLimits;
  rules: readonly ChannelRule[];
  replayOf(organisationId: string, channel: string): readonly SentMessage[];
  joined(connection: Connection, channel: string): void;
  left(connection: Connection, channel: string): void;
}

/** One client's WebSocket: who it is, what it follows. */
export interface Connection {
  /** null until the token has been judged. */
  readonly actor: Actor | null;
  readonly channels: ReadonlySet<string>;
  deliver(sent: SentMessage): void;
  /** Closes when no ping came for too long, or when the actor may no longer be here. */
  check(): Promise<void>;
  end(code: number, reason: string): void;
}

/** True when this actor may see this message. */
function mayReceive(actor: Actor, { message }: SentMessage): boolean {
  if (actor.organisationId !== message.organisationId) return false;
  if (message.onlyPersonId !== undefined && message.onlyPersonId !== actor.personId) return false;
  return message.permission === undefined || actor.permissions.has(message.permission);
}

/** Speaks with one client; messages are handled strictly in order, after sign-in. */
export function openConnection(
  wire: Wire,
  request: ConnectionRequest & { clientId: string },
  home: ConnectionHome,
  dialect?: SocketDialect,
): Connection {
  const { clock, limits } = home;
  const channels = new Set<string>();
  const allow = createBucket(limits.messageBurst, limits.messagesPerSecond, clock.now());
  let actor: Actor | null = null;
  let lastPingMs = clock.now();
  let faults = 0;
  let overruns = 0;
  let isEnded = false;
  let queue: Promise<void> = Promise.resolve();

  function transmit(text: string): void {
    if (isEnded) return;
    // A client that does not read makes us hold its messages: it is cut, not closed, for it would not read that either.
    if (wire.bufferedAmount > limits.maxBufferedBytes) {
      isEnded = true;
      home.log.info({ ip: request.ip, buffered: wire.bufferedAmount }, 'a slow WebSocket client was dropped');
      wire.terminate();
    } else wire.send(text);
  }

  const say = (type: string, channel: string | null, data: unknown) =>
    transmit(writeServerMessage(type, channel, data, clock.now()));

  function end(code: number, reason: string): void {
    if (isEnded) return;
    isEnded = true;
    wire.close(code, reason);
  }

  function fault(code: string, message: string, channel: string | null = null): void {
    say('error', channel, { code, message });
    faults += 1;
    if (faults >= limits.maxFaults) end(CLOSE.policy, 'too many messages that make no sense');
  }

  async function enter(): Promise<void> {
    try {
      const resolved = await request.resolveActor();
      actor = resolved;
      if (conversation) return await conversation.entered();
      const offered = home.rules.filter((rule) => rule.isOfferedTo?.(resolved) ?? true);
      say('connected', null, {
        client_id: request.clientId,
        server_time: new Date(clock.now()).toISOString(),
        available_channels: offered.map((rule) => rule.name),
      });
    } catch (error) {
      if (actor !== null) throw error;
      end(CLOSE.policy, 'the token is wrong, late or revoked');
    }
  }

  async function subscribe(asked: string, who: Actor): Promise<void> {
    const rule = home.rules.find((candidate) => candidate.matches(asked));
    const channel = rule?.canonical?.(asked) ?? asked;
    // Not allowed and not there read the same, so that nobody can try out which débats exist.
    if (!rule || !(await rule.maySubscribe(who, channel))) {
      return fault('no-such-channel', 'There is no such channel, or you may not follow it.', asked);
    }
    if (!channels.has(channel) && channels.size >= limits.maxSubscriptions) {
      return fault('too-many-channels', `At most ${limits.maxSubscriptions} channels at once.`, asked);
    }
    if (isEnded) return;
    channels.add(channel);
    home.joined(connection, channel);
    say('subscribed', channel, { channel });
    for (const sent of home.replayOf(who.organisationId, channel)) connection.deliver(sent);
  }

  function unsubscribe(asked: string): void {
    const rule = home.rules.find((candidate) => candidate.matches(asked));
    const channel = rule?.canonical?.(asked) ?? asked;
    if (channels.delete(channel)) home.left(connection, channel);
    say('unsubscribed', channel, { channel });
  }

  async function answer(message: ClientMessage): Promise<void> {
    if (isEnded || actor === null) return;
    if (message.type === 'ping') say('pong', null, { server_time: new Date(clock.now()).toISOString() });
    else if (message.type === 'fault') fault(message.code, message.message);
    else if (message.type === 'subscribe') await subscribe(message.channel, actor);
    else unsubscribe(message.channel);
  }

  function inOrder(work: () => Promise<void>): void {
    queue = queue.then(work).catch((error: unknown) => {
      home.log.error({ err: error }, 'a WebSocket message could not be answered');
      end(CLOSE.internal, 'something failed here');
    });
  }

  function refusalOf(data: unknown, isBinary: boolean): [code: number, reason: string] | null {
    if (isBinary) return [CLOSE.unsupported, 'send text'];
    if (!Buffer.isBuffer(data) || data.byteLength > limits.maxMessageBytes) {
      return [CLOSE.tooLarge, `at most ${limits.maxMessageBytes} bytes per message`];
    }
    return allow(clock.now()) || mayOverrun() ? null : [CLOSE.policy, 'too many messages'];
  }

  /** A language that can warn does so for a while. */
  function mayOverrun(): boolean {
    overruns += 1;
    return conversation !== null && overruns <= limits.maxOverruns;
  }

  function converse(text: string, talk: SocketConversation): void {
    lastPingMs = clock.now();
    inOrder(async () => {
      if (!isEnded && actor !== null) await talk.receive(text);
    });
  }

  function receive(data: unknown, isBinary: boolean): void {
    if (isEnded) return;
    const before = overruns;
    const refusal = refusalOf(data, isBinary);
    if (refusal) {
      end(...refusal);
      return;
    }
    if (conversation) {
      if (overruns > before) conversation.tooFast();
      else converse(String(data), conversation);
      return;
    }
    const message = readClientMessage(String(data));
    if (message.type === 'ping') lastPingMs = clock.now();
    inOrder(() => answer(message));
  }

  async function check(): Promise<void> {
    const now = clock.now();
    if (now - lastPingMs >= limits.idleMs) return end(CLOSE.goingAway, 'no ping for five minutes');
    if (actor === null || actor.personId === null) return;
    try {
      actor = await request.resolveActor();
    } catch {
      end(CLOSE.policy, 'the token is late or revoked');
    }
  }

  function lineOf(): SocketLine {
    return {
      clientId: request.clientId,
      get actor() {
        if (actor === null) throw new Error('nobody has signed in on this connection yet');
        return actor;
      },
      send: transmit,
      end,
    };
  }

  const connection: Connection = {
    get actor() {
      return actor;
    },
    channels,
    deliver: (sent) => {
      if (actor !== null && mayReceive(actor, sent)) transmit(sent.text);
    },
    check,
    end,
  };
  const conversation = dialect?.open(lineOf()) ?? null;
  wire.on('message', receive);
  wire.on('ping', () => {
    lastPingMs = clock.now();
  });
  wire.on('close', () => {
    isEnded = true;
    conversation?.closed();
  });
  inOrder(enter);
  return connection;
}
