import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { kill, type Station, type StationOptions, startStation, until } from './station.ts';

/** What is killed, by a part of its command line; `cli.ts` is the supervisor, with which the whole station goes. */
const VICTIMS = ['api.ts', 'worker.ts', 'postgres', 'cli.ts'] as const;
export type Victim = (typeof VICTIMS)[number];

export const CRASH_ROUNDS = Number(process.env.CRASH_ROUNDS ?? 20);
const SEED = Number(process.env.CRASH_SEED ?? randomInt(2 ** 31));

/** mulberry32: the same seed makes the same kills. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Kills of a station's parts at moments that CRASH_SEED repeats. */
export interface Crashes {
  /** For the log: what was killed how often. */
  victims: Partial<Record<Victim, number>>;
  /** `kill -9` of one part within so many milliseconds. */
  killSomething(station: Station, withinMs: number): Promise<{ victim: Victim; at: number }>;
  /** Waits until the station is whole again; after its supervisor's death it is started anew. */
  back(station: Station, victim: Victim, env?: StationOptions['env']): Promise<Station>;
}

export function planCrashes(): Crashes {
  const random = randomFrom(SEED);
  const victims: Crashes['victims'] = {};
  console.log(`crash seed ${SEED}: CRASH_SEED=${SEED} repeats it`);
  return {
    victims,
    killSomething: async (station, withinMs) => {
      const victim = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'worker.ts';
      await delay(random() * withinMs);
      const [pid] = (await station.pids(victim)).toSorted((a, b) => a - b);
      if (pid !== undefined) kill(pid);
      victims[victim] = (victims[victim] ?? 0) + 1;
      return { victim, at: performance.now() };
    },
    back: async (station, victim, env = {}) => {
      if (victim === 'cli.ts') return startStation({ dataDir: station.dataDir, port: station.port, env });
      await until(
        () => fetch(`${station.base}/health`),
        (reply) => reply.ok,
        60,
      );
      return station;
    },
  };
}

/** Asks again while a part that was killed comes back; what the server says counts as soon as it says something. */
export const answered = <T>(ask: () => Promise<T>): Promise<T> => until(ask, () => true);
