import { join } from 'node:path';
import type { ReadyMessage } from '../role-life.ts';
import { type SupervisedProcess, superviseProcess } from './supervised-process.ts';

/** The role processes of one installation. */
export interface RoleProcesses {
  /** Brings each back with the code and the environment as they are then. */
  restart(): void;
  /** Ends them without waiting for what they do. */
  kill(): void;
  /** Asks them to end, and ends those that are still there after `leftMs`. */
  stop(leftMs: number): Promise<void>;
}

/** What the role processes need and who hears of them. */
export interface RoleProcessesOptions {
  apiCount: number;
  env: () => NodeJS.ProcessEnv;
  onStart: (pid: number) => void;
  /** The first answer of the first api process. */
  onReady: (message: ReadyMessage) => void;
  say: (sentence: string) => void;
}

/** Worker and live begin when an api process answers, or after this long: people wait for the page. */
const othersAfterMs = 2_000;

/** Starts the api processes, then one worker and one live process, and keeps them alive. */
export const runRoles = (options: RoleProcessesOptions): RoleProcesses => {
  const running: SupervisedProcess[] = [];
  let isReady = false;
  const begin = (name: string, onMessage?: (message: unknown) => void): void => {
    const script = join(import.meta.dirname, `../${name}.ts`);
    running.push(superviseProcess({ ...options, name, script, onMessage }));
  };
  const beginOthers = once(() => {
    begin('live');
    begin('worker');
  });
  const patience = setTimeout(beginOthers, othersAfterMs);
  const hear = (message: unknown): void => {
    if (isReady || !isReadyMessage(message)) return;
    isReady = true;
    beginOthers();
    options.onReady(message);
  };
  for (let count = 0; count < options.apiCount; count += 1) begin('api', hear);
  return {
    restart: () => {
      for (const role of running) role.restart();
    },
    kill: () => {
      for (const role of running) role.kill();
    },
    stop: async (leftMs) => {
      clearTimeout(patience);
      beginOthers.cancel();
      await Promise.all(running.map((role) => role.stop(leftMs)));
    },
  };
};

const once = (act: () => void) => {
  let isOver = false;
  const run = (): void => {
    if (!isOver) act();
    isOver = true;
  };
  return Object.assign(run, {
    cancel: () => {
      isOver = true;
    },
  });
};

const isReadyMessage = (message: unknown): message is ReadyMessage =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
