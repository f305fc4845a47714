/** A short sentence that passes: what has just been done. */
export interface Notice {
  id: number;
  text: string;
}

export interface Notices {
  say(text: string): void;
  getState(): readonly Notice[];
  subscribe(changed: () => void): () => void;
}

const shownMs = 4000;

export function createNotices(): Notices {
  let shown: readonly Notice[] = [];
  let ids = 0;
  const listeners = new Set<() => void>();
  const set = (next: readonly Notice[]) => {
    shown = next;
    for (const listener of listeners) listener();
  };
  return {
    getState: () => shown,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    say: (text) => {
      ids += 1;
      const notice = { id: ids, text };
      set([...shown.slice(-1), notice]);
      setTimeout(() => set(shown.filter((other) => other !== notice)), shownMs);
    },
  };
}
