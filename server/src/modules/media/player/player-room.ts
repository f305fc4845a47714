import Type from 'typebox';
import { Check } from 'typebox/value';
import type { SocketDialect } from '../../../kernel/http/socket-hub.ts';
import { newId } from '../../../kernel/id.ts';
import type { PlayerContext, PlayerEvent } from './player-context.ts';
import { openPlayer, type Player, type PlayerMemory, type PlayerRoom } from './player-conversation.ts';

/** The players of this process, and how they hear of those of others. */
export interface RunningPlayers {
  dialect: SocketDialect;
  /** Tells how far each is; by its own timer, and by tests. */
  tick(): Promise<void>;
  /** Tells every process how many play here, and who asked how many there are; likewise. */
  count(): Promise<void>;
  close(): void;
}

const EVENTS_CHANNEL = 'media.player';
const COUNTS_CHANNEL = 'media.player-counts';
const TICK_MS = 5_000;
const COUNT_MS = 10_000;
/** A process that said nothing for so long has gone. */
const COUNT_HOLDS_MS = 25_000;
/** How long a player whose line broke may take to come back, and how many such are remembered. */
const REMEMBERED_MS = 120_000;
const MOST_REMEMBERED = 1_000;
/** Organisations whose numbers fit into one hint. */
const MOST_COUNTED = 100;

const Told = Type.Object({
  organisationId: Type.String(),
  personId: Type.String(),
  from: Type.String(),
  event: Type.Object({ event: Type.String() }, { additionalProperties: true }),
});
const Counted = Type.Object({
  process: Type.String(),
  organisations: Type.Array(Type.Tuple([Type.String(), Type.Integer(), Type.Integer()])),
});
type Counted = Type.Static<typeof Counted>;

/** Opens the room of this process. */
export function openPlayers(context: PlayerContext): RunningPlayers {
  const { clock, db, hints, log } = context;
  const processId = newId();
  const players = new Map<Player, string>();
  const memories = new Map<string, PlayerMemory & { untilMs: number }>();
  const counts = new Map<string, { counted: Counted; untilMs: number }>();

  const keyOf = ({ actor, deviceId }: Player) => `${actor.organisationId} ${actor.personId} ${deviceId}`;

  const room: PlayerRoom = {
    tellOthers: async (player, event) => {
      const { organisationId, personId } = player.actor;
      const told = { organisationId, personId, from: players.get(player) ?? '', event };
      // Devices hear of one another as a courtesy: the command itself has been done.
      await hints
        .publish(db.kysely, EVENTS_CHANNEL, told)
        .catch((error: unknown) => log.warn({ err: error }, 'a player’s event could not be told'));
    },
    joined: (player) => {
      players.set(player, newId());
      // Strangers have no name of their own: nobody takes up what another left.
      if (player.actor.personId === null) return null;
      const key = keyOf(player);
      const memory = memories.get(key);
      memories.delete(key);
      return memory && clock.now() < memory.untilMs ? memory : null;
    },
    left: (player, memory) => {
      players.delete(player);
      if (player.actor.personId === null) return;
      const key = keyOf(player);
      memories.delete(key);
      memories.set(key, { ...memory, untilMs: clock.now() + REMEMBERED_MS });
      const oldest = memories.keys().next();
      if (memories.size > MOST_REMEMBERED && !oldest.done) memories.delete(oldest.value);
    },
  };

  function deliver(data: unknown): void {
    if (!Check(Told, data)) return;
    for (const [player, connection] of players) {
      const { organisationId, personId } = player.actor;
      const isTheirs = organisationId === data.organisationId && personId === data.personId;
      if (isTheirs && connection !== data.from && player.follows('playback'))
        player.tell(data.event as PlayerEvent);
    }
  }

  async function tick(): Promise<void> {
    for (const player of players.keys()) await player.tick();
  }

  async function count(): Promise<void> {
    if (players.size === 0 && !counts.has(processId)) return;
    const here = new Map<string, [string, number, number]>();
    for (const { actor, state } of players.keys()) {
      const row = here.get(actor.organisationId) ?? [actor.organisationId, 0, 0];
      row[1] += 1;
      if (state.doing === 'playing') row[2] += 1;
      here.set(actor.organisationId, row);
    }
    const counted: Counted = { process: processId, organisations: [...here.values()].slice(0, MOST_COUNTED) };
    hear(counted);
    await hints.publish(db.kysely, COUNTS_CHANNEL, counted);
    for (const player of players.keys()) if (player.follows('stats')) player.tell(liveStats(player));
  }

  function hear(data: unknown): void {
    if (!Check(Counted, data)) return;
    counts.set(data.process, { counted: data, untilMs: clock.now() + COUNT_HOLDS_MS });
    for (const [id, { untilMs }] of counts) if (clock.now() >= untilMs) counts.delete(id);
  }

  function liveStats({ actor }: Player): PlayerEvent {
    let [connections, playing] = [0, 0];
    for (const { counted, untilMs } of counts.values()) {
      if (clock.now() >= untilMs) continue;
      const row = counted.organisations.find(([id]) => id === actor.organisationId);
      connections += row?.[1] ?? 0;
      playing += row?.[2] ?? 0;
    }
    return { event: 'LiveStats', players_connected: connections, players_playing: playing };
  }

  const every = (ms: number, work: () => Promise<void>) =>
    setInterval(() => {
      work().catch((error: unknown) => log.warn({ err: error }, 'players could not be told'));
    }, ms).unref();
  const timers = [every(TICK_MS, tick), every(COUNT_MS, count)];
  const ends = [hints.on(EVENTS_CHANNEL, deliver), hints.on(COUNTS_CHANNEL, hear)];

  return {
    dialect: { open: (line) => openPlayer(context, room, line) },
    tick,
    count,
    close: () => {
      for (const timer of timers) clearInterval(timer);
      for (const end of ends) end();
    },
  };
}
