/** Whether the server answers, as the page's own requests find. */
export interface Reachability {
  setAway(away: boolean): void;
  getState(): boolean;
  subscribe(changed: () => void): () => void;
}

export function createReachability(): Reachability {
  let isAway = false;
  const listeners = new Set<() => void>();
  return {
    setAway: (away) => {
      if (away === isAway) return;
      isAway = away;
      for (const listener of listeners) listener();
    },
    getState: () => isAway,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
