/** What the page keeps in the browser: small choices, never a token. */
export type KeptHere = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

function inMemory(): KeptHere {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

/** The browser's storage; where it is refused (some private windows), a memory that ends with the page. */
export function openKeptHere(): KeptHere {
  try {
    const probe = 'antenne.probe';
    localStorage.setItem(probe, '1');
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return inMemory();
  }
}

export const keptHere: KeptHere = openKeptHere();
