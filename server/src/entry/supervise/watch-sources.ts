import { watch } from 'node:fs';

const settleMs = 150;

/** Calls `onChange` once after each burst of changes to sources (not tests) under a folder. Returns the way to end it. */
export const watchSources = (folder: string, onChange: () => void): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { recursive: true }, (_event, name) => {
    if (name === null || !/\.(ts|sql|json)$/.test(name) || name.endsWith('.test.ts')) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, settleMs);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
};
