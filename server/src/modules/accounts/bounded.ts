/** Runs work when there is room; refuses with the given problem when too much is waiting already. */
export type Bounded = <T>(work: () => Promise<T>) => Promise<T>;

interface Bounds {
  /** How many run at once. */
  running: number;
  /** How many may wait for their turn. */
  waiting: number;
  refuse: () => Error;
}

/** A gate that lets a few through at once, first come first served, and never grows a long queue. */
export function createBounded({ running, waiting, refuse }: Bounds): Bounded {
  const queue: (() => void)[] = [];
  let busy = 0;
  const enter = (): Promise<void> | undefined => {
    if (busy < running) {
      busy += 1;
      return undefined;
    }
    if (queue.length >= waiting) throw refuse();
    return new Promise((resolve) => queue.push(resolve));
  };
  // A place is handed to the next in line, not given back, so that a newcomer can't slip in between.
  const leave = () => {
    const next = queue.shift();
    if (next) next();
    else busy -= 1;
  };
  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}

/** One gate per key, made when needed and dropped when idle: work on one key runs one after the other. */
export function createTurns(bounds: Omit<Bounds, 'running'>) {
  const gates = new Map<string, { run: Bounded; users: number }>();
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const gate = gates.get(key) ?? { run: createBounded({ ...bounds, running: 1 }), users: 0 };
    gates.set(key, gate);
    gate.users += 1;
    try {
      return await gate.run(work);
    } finally {
      gate.users -= 1;
      if (gate.users === 0) gates.delete(key);
    }
  };
}
/** Runs work in the turn of its key. */
export type Turns = ReturnType<typeof createTurns>;
