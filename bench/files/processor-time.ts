import { readdir, readFile } from 'node:fs/promises';

/** Ticks of Linux's accounting in a second (getconf CLK_TCK), the same on every machine that we build for. */
const TICKS = 100;

/** The process and those that it started. */
export async function processesOf(pid: number): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(all.map(async (each) => [each, (await fieldsOf(each))?.[1]] as const));
  return [pid, ...parents.filter(([, parent]) => Number(parent) === pid).map(([each]) => each)];
}

/** Processor seconds that the processes have used so far, threads included. */
export async function processorSeconds(pids: readonly number[]): Promise<number> {
  const ticks = await Promise.all(
    pids.map(async (pid) => {
      const fields = await fieldsOf(pid);
      return Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0);
    }),
  );
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS;
}

/** Megabytes that the processes hold in memory now, shared pages counted once each. */
export async function residentMegabytes(pids: readonly number[]): Promise<number> {
  const kilobytes = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    }),
  );
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

/** /proc/{pid}/stat behind the name in brackets: state, parent, …; null when the process is gone (proc(5)). */
async function fieldsOf(pid: number): Promise<string[] | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}
