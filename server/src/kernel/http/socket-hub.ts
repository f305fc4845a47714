import type { Actor, SignedInActor } from '../auth/actor.ts';

/** One message as its publisher gives it; clients see `{type,channel,data,timestamp,message_id}`. */
export interface HubMessage {
  organisationId: string;
  channel: string;
  type: string;
  data: unknown;
  /** Only this person's connections receive it. */
  onlyPersonId?: string;
  /** Only connections whose actor holds this permission receive it; absent: every subscriber. */
  permission?: string;
}

/** Who may subscribe to a channel; the first rule whose `matches` says yes decides. */
export interface ChannelRule {
  /** Shown in `available_channels`, e.g. `debats` or `debate:{id}`. */
  name: string;
  matches: (channel: string) => boolean;
  /** Alias → the channel it stands for (`debates` → `debats`). */
  canonical?: (channel: string) => string;
  maySubscribe: (actor: Actor, channel: string) => Promise<boolean> | boolean;
  /** Whether `available_channels` names it to this actor; absent: yes. */
  isOfferedTo?: (actor: Actor) => boolean;
}

/** What the hub needs of an open WebSocket; `ws` has exactly this. */
export interface Wire {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  readonly bufferedAmount: number;
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: 'ping' | 'close' | 'error', listener: () => void): unknown;
}

/** Who opens a WebSocket, as far as its upgrade tells. */
export interface ConnectionRequest {
  /** The client's own name for this connection, echoed; made here when missing or strange. */
  clientId: string | undefined;
  ip: string;
  /** Called at once and then now and again; throws when the connection's right to be here has ended. */
  resolveActor: () => Promise<Actor> | Actor;
}

/** A connection of the hub as another language than that of channels sees it. */
export interface SocketLine {
  readonly clientId: string;
  /** Who it is; asked for only after `entered`. */
  readonly actor: Actor;
  send(text: string): void;
  end(code: number, reason: string): void;
}

/** Another language than that of channels, with the hub's own limits and sign-in around it. */
export interface SocketDialect {
  open(line: SocketLine): SocketConversation;
}

/** One connection's talk in such a language; its messages come one after the other. */
export interface SocketConversation {
  entered(): Promise<void> | void;
  receive(text: string): Promise<void> | void;
  /** A message came too soon after others and is not read; before `limits.maxOverruns` of them end the connection. */
  tooFast(): void;
  closed(): void;
}

/** WebSocket channels of this process: subscriptions, replay of the last ten, ping, limits. */
export interface SocketHub {
  addRule(rule: ChannelRule): void;
  /** Delivers to this process's connections; other processes hear by a hint of the publisher's. */
  publish(message: HubMessage): void;
  /** Takes over a freshly opened WebSocket; must be called in the same turn as its upgrade. */
  accept(wire: Wire, request: ConnectionRequest, dialect?: SocketDialect): void;
  /** Closes the connections of those signed-in actors whose session has ended. */
  closeWhere(hasEnded: (actor: SignedInActor) => boolean): void;
  /** Asks every signed-in connection again whether it may stay (after revocations may have been missed). */
  recheck(): void;
  close(): void;
}
