import { type ChildProcess, spawn } from 'node:child_process';

/** One run of a program. Its input is empty, its environment has no secrets, it has its own process group. */
export interface ProcessRequest {
  command: string;
  args: readonly string[];
  /** SIGTERM then; SIGKILL `killGraceMs` later. */
  deadlineMs: number;
  signal?: AbortSignal;
  /** Takes standard output as it comes; the program waits while the returned promise is pending. */
  onStdout?: (chunk: Buffer) => void | Promise<void>;
  /** Without `onStdout`: output kept at most; more is a ProcessFailed `output`. Default 1 MiB. */
  maxOutputBytes?: number;
  /** 0 (normal) to 19 (only when nobody else wants the processor). Default 0. */
  niceness?: number;
  cwd?: string;
  /** Added to what every child gets. */
  environment?: Record<string, string>;
}

/** What a program that ended well has said. */
export interface ProcessResult {
  /** Empty with `onStdout`. */
  stdout: Buffer;
  /** The last 8 kB of standard error. */
  stderrTail: string;
}

/** `exit` is a status other than 0, `killed` a signal that was not ours, `stopped` a runner that is shutting down. */
export type ProcessFailure = 'spawn' | 'exit' | 'killed' | 'deadline' | 'output' | 'stopped';

/** A run that did not end well. The message names the program, never its arguments (they hold paths). */
export class ProcessFailed extends Error {
  readonly failure: ProcessFailure;
  readonly exitCode: number | null;
  readonly stderrTail: string;
  constructor(
    failure: ProcessFailure,
    detail: string,
    options: ErrorOptions & { exitCode?: number | null; stderrTail?: string } = {},
  ) {
    super(detail, options);
    this.name = 'ProcessFailed';
    this.failure = failure;
    this.exitCode = options.exitCode ?? null;
    this.stderrTail = options.stderrTail ?? '';
  }
}

/** Starts programs and answers for them. */
export interface ProcessRunner {
  /** Throws ProcessFailed, the signal's reason, or what `onStdout` threw; the program is gone by then. */
  run(request: ProcessRequest): Promise<ProcessResult>;
  /** Kills what runs, waits for it, refuses the rest. */
  stop(): Promise<void>;
  readonly running: number;
}

/** What the children are started with, and how long they may take to leave. */
export interface ProcessRunnerOptions {
  /** Only PATH, LANG, HOME and TMPDIR of it reach a child. */
  environment: NodeJS.ProcessEnv;
  /** util-linux's setpriv: makes the kernel kill a child when this process dies, kill -9 included. */
  setprivPath?: string | null;
  killGraceMs?: number;
}

const tailBytes = 8 * 1024;
/** A Node timer for longer fires at once. */
const longestTimerMs = 2 ** 31 - 1;
const passedOn = ['PATH', 'LANG', 'HOME', 'TMPDIR'] as const;

/** The only place that starts programs for media work; one per process, so that `stop` reaches all of them. */
export function createProcessRunner(options: ProcessRunnerOptions): ProcessRunner {
  const { setprivPath = null, killGraceMs = 2000 } = options;
  const environment = Object.fromEntries(passedOn.map((name) => [name, options.environment[name]]));
  const living = new Set<{ end: Ending; done: Promise<unknown> }>();
  let stopping = false;

  function start({ command, args, niceness = 0, cwd, environment: own }: ProcessRequest): ChildProcess {
    const nice = niceness > 0 ? ['nice', '-n', String(niceness)] : [];
    const bound = setprivPath === null ? [] : [setprivPath, '--pdeathsig', 'KILL', '--'];
    const [program = command, ...rest] = [...bound, ...nice, command, ...args];
    const env = { ...environment, ...own };
    return spawn(program, rest, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async function run(request: ProcessRequest): Promise<ProcessResult> {
    request.signal?.throwIfAborted();
    if (stopping) throw new ProcessFailed('stopped', 'Media work is shutting down');
    const child = start(request);
    const end = new Ending(child, killGraceMs);
    const done = outcome(child, request, end);
    const entry = { end, done };
    living.add(entry);
    const onAbort = () => end.kill(request.signal?.reason);
    request.signal?.addEventListener('abort', onAbort, { once: true });
    const deadline = setTimeout(
      () => end.kill(tooLate(request)),
      Math.min(request.deadlineMs, longestTimerMs),
    );
    try {
      return await done;
    } finally {
      clearTimeout(deadline);
      request.signal?.removeEventListener('abort', onAbort);
      living.delete(entry);
    }
  }

  async function stop(): Promise<void> {
    stopping = true;
    const entries = [...living];
    for (const { end } of entries) end.kill(new ProcessFailed('stopped', 'Media work is shutting down'));
    await Promise.allSettled(entries.map(({ done }) => done));
  }

  return {
    run,
    stop,
    get running() {
      return living.size;
    },
  };
}

/** Waits for the program and both its outputs, then says how it went. */
async function outcome(child: ChildProcess, request: ProcessRequest, end: Ending): Promise<ProcessResult> {
  const closed = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const stderr = new Tail();
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  const output = readOutput(child, request).catch((error: unknown) => {
    end.kill(error);
    return Buffer.alloc(0);
  });
  try {
    const [{ code, signal }, stdout] = await Promise.all([closed, output]);
    if (end.isForced) throw withTail(end.reason, stderr);
    if (code === 0) return { stdout, stderrTail: stderr.text };
    throw new ProcessFailed(
      signal === null ? 'exit' : 'killed',
      signal === null
        ? `${nameOf(request)} ended with status ${code}`
        : `${nameOf(request)} was ended by ${signal}`,
      { exitCode: code, stderrTail: stderr.text },
    );
  } catch (error) {
    if (child.pid !== undefined) throw error;
    throw new ProcessFailed('spawn', `${nameOf(request)} could not be started`, { cause: error });
  } finally {
    end.over();
  }
}

async function readOutput(child: ChildProcess, request: ProcessRequest): Promise<Buffer> {
  const { onStdout, maxOutputBytes = 1024 * 1024 } = request;
  const kept: Buffer[] = [];
  let keptBytes = 0;
  for await (const chunk of child.stdout ?? []) {
    if (onStdout) {
      await onStdout(chunk);
      continue;
    }
    keptBytes += chunk.length;
    if (keptBytes > maxOutputBytes) throw new ProcessFailed('output', `${nameOf(request)} said too much`);
    kept.push(chunk);
  }
  return Buffer.concat(kept);
}

/** How a run is cut short: once, politely first, with its whole group. */
class Ending {
  isForced = false;
  reason: unknown;
  readonly #child: ChildProcess;
  readonly #graceMs: number;
  #last: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, graceMs: number) {
    this.#child = child;
    this.#graceMs = graceMs;
  }

  kill(reason: unknown): void {
    if (this.isForced) return;
    this.isForced = true;
    this.reason = reason;
    this.#signalGroup('SIGTERM');
    this.#last = setTimeout(() => this.#signalGroup('SIGKILL'), this.#graceMs);
    // A leader that obeyed may leave helpers of its group behind, which keep the pipes open.
    this.#child.once('exit', () => this.#signalGroup('SIGKILL'));
    // Nobody reads any more: without this a child blocked on a full pipe would not notice SIGTERM.
    this.#child.stdout?.destroy();
  }

  over(): void {
    clearTimeout(this.#last);
  }

  #signalGroup(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // ESRCH: the group is gone already, which is what we want.
    }
  }
}

/** The end of a stream of bytes, in bounded memory. */
class Tail {
  #chunks: Buffer[] = [];
  #bytes = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < 4 * tailBytes) return;
    this.#chunks = [Buffer.concat(this.#chunks).subarray(-tailBytes)];
    this.#bytes = tailBytes;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).subarray(-tailBytes).toString();
  }
}

function tooLate(request: ProcessRequest): ProcessFailed {
  return new ProcessFailed('deadline', `${nameOf(request)} did not finish within ${request.deadlineMs} ms`);
}

function withTail(reason: unknown, { text }: Tail): unknown {
  if (!(reason instanceof ProcessFailed)) return reason;
  return new ProcessFailed(reason.failure, reason.message, { stderrTail: text, exitCode: reason.exitCode });
}

function nameOf({ command }: ProcessRequest): string {
  return command.slice(command.lastIndexOf('/') + 1);
}
