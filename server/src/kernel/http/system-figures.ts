import { statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem } from 'node:os';

/** How busy machine and disk are, in per cent with one decimal. */
export async function systemFigures(dataDir: string, cpuPercent: number) {
  const disk = await statfs(dataDir).catch(() => null);
  return {
    cpu_percent: cpuPercent,
    memory_percent: round((1 - freemem() / totalmem()) * 100),
    disk_percent: disk ? round((1 - disk.bavail / Math.max(1, disk.blocks)) * 100) : 0,
  };
}

/** Busy share of all cores since the last call; the load average before there is one. */
export function cpuMeter(): () => number {
  let before = cpuTimes();
  let last = round(Math.min(100, ((loadavg()[0] ?? 0) / cpus().length) * 100));
  let at = performance.now();
  return () => {
    if (performance.now() - at < 1_000) return last;
    const now = cpuTimes();
    last = round(100 * (1 - (now.idle - before.idle) / Math.max(1, now.total - before.total)));
    before = now;
    at = performance.now();
    return last;
  };
}

function cpuTimes(): { idle: number; total: number } {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, total };
}

/** One decimal is enough for people. */
export const round = (value: number): number => Math.round(value * 10) / 10;
