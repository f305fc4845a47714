/** What has to be ended, in the opposite order of its start. */
export interface StopPlan {
  /** True once the end was asked for: nothing further should be started. */
  readonly isClosed: boolean;
  /** Registers the end of something that runs; ends it at once when the plan is closed already. */
  add(stop: (leftMs: number) => Promise<void>): Promise<void>;
  /**
   * Ends everything, each step hearing how much of `wholeMs` is left, and rejects with the first failure when all
   * is done: one step that fails must not leave the database running. A second call waits for the first.
   */
  run(wholeMs: number): Promise<void>;
}

/** Opens an empty plan. */
export const openStopPlan = (): StopPlan => {
  const steps: Array<(leftMs: number) => Promise<void>> = [];
  let running: Promise<void> | undefined;
  const runAll = async (wholeMs: number): Promise<void> => {
    const deadline = Date.now() + wholeMs;
    const failures: unknown[] = [];
    for (const stop of steps.toReversed()) {
      await stop(Math.max(0, deadline - Date.now())).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  };
  return {
    get isClosed() {
      return running !== undefined;
    },
    add: async (stop) => {
      if (running) await stop(0);
      else steps.push(stop);
    },
    run: (wholeMs) => {
      running ??= runAll(wholeMs);
      return running;
    },
  };
};
