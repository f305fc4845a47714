/** What one may still do about what was said. */
export interface NoticeAction {
  label: string;
  act(): void;
  /** How long it can be done. */
  forMs: number;
}

/** A short sentence that passes: what has just been done. */
export interface Notice {
  id: number;
  text: string;
  action: NoticeAction | null;
}

export interface Notices {
  say(text: string, action?: NoticeAction): void;
  dismiss(notice: Notice): void;
  getState(): readonly Notice[];
  subscribe(changed: () => void): () => void;
}

const shownMs = 4000;
const shownTogether = 3;

export function createNotices(): Notices {
  let shown: readonly Notice[] = [];
  let ids = 0;
  const listeners = new Set<() => void>();
  const set = (next: readonly Notice[]) => {
    shown = next;
    for (const listener of listeners) listener();
  };
  const dismiss = (notice: Notice) => set(shown.filter((other) => other !== notice));
  return {
    getState: () => shown,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    dismiss,
    say: (text, action) => {
      ids += 1;
      const notice = { id: ids, text, action: action ?? null };
      set([...shown.slice(1 - shownTogether), notice]);
      setTimeout(() => dismiss(notice), action?.forMs ?? shownMs);
    },
  };
}
