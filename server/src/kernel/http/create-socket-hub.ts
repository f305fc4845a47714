import { isSignedIn } from '../auth/actor.ts';
import type { Clock } from '../clock.ts';
import { newId } from '../id.ts';
import type { Logger } from '../log/log.ts';
import { clientNetwork } from '../net/client-network.ts';
import { type Connection, openConnection } from './socket-connection.ts';
import type {
  ChannelRule,
  ConnectionRequest,
  HubMessage,
  SocketDialect,
  SocketHub,
  Wire,
} from './socket-hub.ts';
import { CLOSE, SOCKET_LIMITS, type SocketLimits } from './socket-limits.ts';
import { writeServerMessage } from './socket-message.ts';
import { createReplay } from './socket-replay.ts';

/** What the hub works with; `limits` replaces some of the usual ones. */
export interface SocketHubOptions {
  clock: Clock;
  log: Logger;
  limits?: Partial<SocketLimits>;
  /** Told the number of open connections whenever it changes. */
  onCount?: (connections: number) => void;
}

/** The hub with its periodic check, which a timer calls and tests call themselves. */
export interface RunningSocketHub extends SocketHub {
  /** Ends idle connections and those whose right has ended. */
  sweep(): Promise<void>;
}

const CLIENT_ID = /^[\w.:-]{1,64}$/;

/** Opens the hub of this process; `close` ends its connections and its timer. */
export function createSocketHub(options: SocketHubOptions): RunningSocketHub {
  const { clock, log } = options;
  const limits = { ...SOCKET_LIMITS, ...options.limits };
  const rules: ChannelRule[] = [];
  const connections = new Set<Connection>();
  /** Followers by organisation and channel, so that a message reaches only those who asked. */
  const followers = new Map<string, Set<Connection>>();
  const perNetwork = new Map<string, number>();
  const replay = createReplay(limits.replayLength, limits.replayChannels);
  let isClosed = false;

  const keyOf = (connection: Connection, channel: string) => `${connection.actor?.organisationId} ${channel}`;

  function join(connection: Connection, channel: string): void {
    const key = keyOf(connection, channel);
    followers.set(key, (followers.get(key) ?? new Set()).add(connection));
  }

  function leave(connection: Connection, channel: string): void {
    const key = keyOf(connection, channel);
    const set = followers.get(key);
    set?.delete(connection);
    if (set?.size === 0) followers.delete(key);
  }

  function forget(connection: Connection, network: string): void {
    connections.delete(connection);
    for (const channel of connection.channels) leave(connection, channel);
    const left = (perNetwork.get(network) ?? 1) - 1;
    if (left > 0) perNetwork.set(network, left);
    else perNetwork.delete(network);
    options.onCount?.(connections.size);
  }

  function accept(wire: Wire, request: ConnectionRequest, dialect?: SocketDialect): void {
    const network = clientNetwork(request.ip);
    const fromThere = perNetwork.get(network) ?? 0;
    if (isClosed || connections.size >= limits.maxConnections || fromThere >= limits.maxConnectionsPerIp) {
      wire.close(CLOSE.tryLater, isClosed ? 'the server is stopping' : 'too many connections');
      return;
    }
    const given = request.clientId ?? '';
    const clientId = CLIENT_ID.test(given) ? given : newId();
    const home = {
      clock,
      log,
      limits,
      rules,
      replayOf: replay.last,
      joined: join,
      left: leave,
    };
    const connection = openConnection(wire, { ...request, clientId }, home, dialect);
    perNetwork.set(network, fromThere + 1);
    connections.add(connection);
    options.onCount?.(connections.size);
    wire.on('close', () => forget(connection, network));
  }

  function publish(message: HubMessage): void {
    const text = writeServerMessage(message.type, message.channel, message.data, clock.now());
    const sent = { message, text };
    replay.keep(sent);
    const key = `${message.organisationId} ${message.channel}`;
    for (const connection of followers.get(key) ?? []) connection.deliver(sent);
  }

  async function sweep(): Promise<void> {
    for (const connection of [...connections]) await connection.check();
  }

  const timer = setInterval(() => {
    sweep().catch((error: unknown) => log.error({ err: error }, 'checking WebSocket connections failed'));
  }, limits.recheckMs);
  timer.unref();

  return {
    addRule: (rule) => void rules.push(rule),
    publish,
    accept,
    sweep,
    recheck: () => void sweep().catch((error: unknown) => log.error({ err: error }, 'a recheck failed')),
    closeWhere: (hasEnded) => {
      for (const connection of connections) {
        const { actor } = connection;
        if (actor && isSignedIn(actor) && hasEnded(actor))
          connection.end(CLOSE.policy, 'the session has ended');
      }
    },
    close: () => {
      isClosed = true;
      clearInterval(timer);
      for (const connection of connections) connection.end(CLOSE.goingAway, 'the server is stopping');
    },
  };
}
