/** Values kept in memory up to a total weight; the one not used for longest goes first. */
export interface WeightedMemory<T> {
  /** The value of a key, or what `load` makes of it: once for all who ask meanwhile. A failure is not kept. */
  get(key: string, load: () => Promise<T>): Promise<T>;
  /** For metrics and tests. */
  readonly held: { entries: number; weight: number };
}

/** How much is kept, and how many loads run at once; others wait for their turn. */
export interface WeightedMemoryOptions<T> {
  capacity: number;
  weightOf(value: T): number;
  loadsAtOnce: number;
}

/** Makes an empty one. */
export function createWeightedMemory<T>(options: WeightedMemoryOptions<T>): WeightedMemory<T> {
  const kept = new Map<string, { value: T; weight: number }>();
  const loading = new Map<string, Promise<T>>();
  const turn = createTurn(options.loadsAtOnce);
  let total = 0;

  const keep = (key: string, value: T): T => {
    const weight = options.weightOf(value);
    kept.set(key, { value, weight });
    total += weight;
    for (const [oldest, { weight: freed }] of kept) {
      if (total <= options.capacity) break;
      kept.delete(oldest);
      total -= freed;
    }
    return value;
  };

  return {
    get: (key, load) => {
      const found = kept.get(key);
      if (found) {
        kept.delete(key);
        kept.set(key, found);
        return Promise.resolve(found.value);
      }
      const underWay = loading.get(key);
      if (underWay) return underWay;
      const loaded = turn(load)
        .then((value) => keep(key, value))
        .finally(() => loading.delete(key));
      loading.set(key, loaded);
      return loaded;
    },
    get held() {
      return { entries: kept.size, weight: total };
    },
  };
}

/** Lets so many run at once, first come first served. */
function createTurn(atOnce: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <R>(work: () => Promise<R>): Promise<R> => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
