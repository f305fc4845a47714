import { type ChildProcess, fork } from 'node:child_process';

/** A role process that is started again whenever it ends, with growing pauses. */
export interface SupervisedProcess {
  readonly name: string;
  /** Ends it for good: SIGTERM, and SIGKILL to its whole group at the deadline. */
  stop(deadlineMs: number): Promise<void>;
  /** Ends it at once. */
  kill(): void;
  /** Ends it gracefully and brings it back at once, with the code and the environment as they are then. */
  restart(): void;
}

/** What a role process needs and who hears of it. */
export interface SupervisedOptions {
  name: string;
  /** Absolute path of the module it runs. */
  script: string;
  args?: readonly string[];
  /** Its whole environment. */
  env: () => NodeJS.ProcessEnv;
  onMessage?: (message: unknown) => void;
  onStart?: (pid: number) => void;
  /** A plain sentence about an end that nobody asked for. */
  say: (sentence: string) => void;
  pauses?: RestartPauses;
}

/** How long to wait before each further start in a row. */
export interface RestartPauses {
  firstMs: number;
  longestMs: number;
  /** A process that lived this long starts the row again. */
  steadyMs: number;
}

const usualPauses: RestartPauses = { firstMs: 250, longestMs: 30_000, steadyMs: 30_000 };

/** The pause before the n-th start in a row (n from 1): doubled each time, up to the longest. */
export const pauseBefore = (n: number, pauses: RestartPauses): number =>
  Math.min(pauses.longestMs, pauses.firstMs * 2 ** Math.min(n - 1, 30));

/** Starts a role process and keeps it alive. */
export const superviseProcess = (options: SupervisedOptions): SupervisedProcess => {
  const pauses = options.pauses ?? usualPauses;
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isWanted = true;
  let isRestarting = false;
  let endsInARow = 0;

  const start = (): void => {
    const startedAt = Date.now();
    // A group of its own: a terminal's Ctrl-C reaches the supervisor alone, which then ends the roles in order.
    const current = fork(options.script, options.args ?? [], {
      env: options.env(),
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child = current;
    if (current.pid !== undefined) options.onStart?.(current.pid);
    if (options.onMessage) current.on('message', options.onMessage);
    let isOver = false;
    const over = (how: string): void => {
      if (isOver) return;
      isOver = true;
      child = undefined;
      if (isWanted) comeBack(how, Date.now() - startedAt);
    };
    current.on('error', (error) => over(error.message));
    current.on('exit', (code, signal) => over(signal ?? `code ${code}`));
  };

  const comeBack = (how: string, livedMs: number): void => {
    if (isRestarting) {
      isRestarting = false;
      start();
      return;
    }
    endsInARow = livedMs >= pauses.steadyMs ? 1 : endsInARow + 1;
    const pauseMs = pauseBefore(endsInARow, pauses);
    options.say(`The ${options.name} process ended (${how}); it starts again in ${pauseMs / 1000} s.`);
    timer = setTimeout(start, pauseMs);
  };

  const kill = (): void => {
    if (child?.pid === undefined) return;
    killGroup(child.pid);
  };

  start();
  return {
    name: options.name,
    kill,
    restart: () => {
      endsInARow = 0;
      if (child === undefined) {
        clearTimeout(timer);
        start();
      } else if (!isRestarting) {
        isRestarting = true;
        child.kill('SIGTERM');
      }
    },
    stop: async (deadlineMs) => {
      isWanted = false;
      clearTimeout(timer);
      const leaving = child;
      if (leaving === undefined) return;
      const ended = new Promise<void>((resolve) => leaving.once('exit', () => resolve()));
      leaving.kill('SIGTERM');
      const deadline = setTimeout(kill, deadlineMs);
      await ended;
      clearTimeout(deadline);
    },
  };
};

/** Ends a process and what it started in its group, without asking. */
export const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
};
