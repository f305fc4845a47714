import type { Notices } from './notices.ts';

/** What the reader has taken away, and may still bring back. */
export interface Removals {
  /** Hides a thing at once; takes it away for good when the time to think again is over. */
  take(id: string, words: { said: string; undo: string }, remove: () => Promise<unknown>): void;
  /** The ids of what is hidden. */
  getState(): ReadonlySet<string>;
  subscribe(changed: () => void): () => void;
}

const thinkAgainMs = 7000;

/** Undo rather than "are you sure": nothing is asked, and nothing is lost for some seconds. */
export function createRemovals(notices: Notices, onFailure: (problem: unknown) => void): Removals {
  let taken: ReadonlySet<string> = new Set();
  const listeners = new Set<() => void>();
  const set = (next: ReadonlySet<string>) => {
    taken = next;
    for (const listener of listeners) listener();
  };
  const giveBack = (id: string) => set(new Set([...taken].filter((other) => other !== id)));
  return {
    getState: () => taken,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    take: (id, { said, undo }, remove) => {
      set(new Set([...taken, id]));
      const timer = setTimeout(() => {
        // Given back at the end in any case: gone, no list names it; refused, it is there again.
        remove()
          .catch(onFailure)
          .finally(() => giveBack(id));
      }, thinkAgainMs);
      const act = () => {
        clearTimeout(timer);
        giveBack(id);
      };
      notices.say(said, { label: undo, act, forMs: thinkAgainMs });
    },
  };
}
