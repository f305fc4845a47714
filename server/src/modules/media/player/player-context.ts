import type { Actor } from '../../../kernel/auth/actor.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Db } from '../../../kernel/db/db.ts';
import type { Hints } from '../../../kernel/events/hints.ts';
import type { Logger } from '../../../kernel/log/log.ts';
import type { PlayerTrack } from './player-state.ts';

/** What players are made with. */
export interface PlayerContext {
  clock: Clock;
  db: Db;
  hints: Hints;
  log: Logger;
  /** A sound that the actor may hear, by its id or a débat's; throws media's problems. */
  findTrack(actor: Actor, id: string): Promise<PlayerTrack>;
}

/** What is told to a person's players: a name, and what belongs to it. */
export interface PlayerEvent {
  event: string;
  [member: string]: unknown;
}
