/** Reads one thing by its key, together with whatever else is asked for at the same moment. */
export type GatheredRead<Value> = (group: string, key: string) => Promise<Value | null>;

interface Waiting<Value> {
  resolve: (value: Value | null) => void;
  reject: (reason: unknown) => void;
}

/**
 * Under load most of what a small read costs is its journey, so the reads of one turn of the event loop travel
 * together: one statement for all keys of a group. A lone read waits for nothing but the end of its turn. Nothing
 * is kept: whoever asks after the statement has left is read anew.
 */
export function createGatheredRead<Value>(
  read: (group: string, keys: string[]) => Promise<Map<string, Value>>,
  mostKeys = 50,
): GatheredRead<Value> {
  let groups = new Map<string, Map<string, Waiting<Value>[]>>();

  function leave(): void {
    const leaving = groups;
    groups = new Map();
    for (const [group, waiting] of leaving) send(group, waiting);
  }

  function send(group: string, waiting: Map<string, Waiting<Value>[]>): void {
    const everyone = [...waiting];
    for (let start = 0; start < everyone.length; start += mostKeys) {
      const some = everyone.slice(start, start + mostKeys);
      const keys = some.map(([key]) => key);
      read(group, keys).then(
        (found) => {
          for (const [key, askers] of some) for (const each of askers) each.resolve(found.get(key) ?? null);
        },
        (error: unknown) => {
          for (const [, askers] of some) for (const each of askers) each.reject(error);
        },
      );
    }
  }

  return (group, key) =>
    new Promise((resolve, reject) => {
      if (groups.size === 0) setImmediate(leave);
      const waiting = groups.get(group) ?? new Map<string, Waiting<Value>[]>();
      groups.set(group, waiting);
      const askers = waiting.get(key);
      if (askers) askers.push({ resolve, reject });
      else waiting.set(key, [{ resolve, reject }]);
    });
}
