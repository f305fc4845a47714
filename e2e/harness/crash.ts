import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from './seeded.ts';
import { kill, type Station, type StationOptions, startStation, until } from './station.ts';

/** What is killed, by a part of its command line; `cli.ts` is the supervisor, with which the whole station goes. */
const VICTIMS = ['api.ts', 'worker.ts', 'postgres', 'cli.ts'] as const;
export type Victim = (typeof VICTIMS)[number];

export const CRASH_ROUNDS = Number(process.env.CRASH_ROUNDS ?? 20);

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
  const random = seededRandom();
  const victims: Crashes['victims'] = {};
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
