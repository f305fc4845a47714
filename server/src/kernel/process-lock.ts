import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from './reason-of.ts';

/** A lock that this process holds. */
export interface HeldLock {
  release(): void;
}

/** The living process that holds a lock asked for. */
export interface Busy {
  heldByPid: number;
}

/**
 * Takes the lock that is the folder `path`, for as long as this process lives; kill -9 leaves nothing to clean.
 *
 * Each contender puts a file named after itself (pid and start of the process) into the folder and then looks
 * around: whoever sees another living one steps back. Two can't miss each other, and files of the dead are ignored.
 * Two that came at the same instant both step back and try again after a random pause, up to `patienceMs`.
 */
export const takeLock = async (path: string, patienceMs = 300): Promise<HeldLock | Busy> => {
  mkdirSync(path, { recursive: true });
  const mine = join(path, identityOf(process.pid) ?? String(process.pid));
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    writeFileSync(mine, '', { mode: 0o644 });
    const holder = otherHolder(path);
    if (holder === undefined) return { release: () => rmSync(mine, { force: true }) };
    rmSync(mine, { force: true });
    if (Date.now() >= giveUpAt) return { heldByPid: holder };
    await pause(10 + Math.random() * 40);
  }
};

/** The pid of a living process other than this one that holds, or is just asking for, the lock. */
export const otherHolder = (path: string): number | undefined => {
  for (const name of namesIn(path)) {
    const pid = Number.parseInt(name, 10);
    if (pid === process.pid && name === identityOf(pid)) continue;
    if (identityOf(pid) === name) return pid;
    rmSync(join(path, name), { force: true });
  }
  return undefined;
};

const namesIn = (path: string): string[] => {
  try {
    return readdirSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
};

/** True while a process of that number exists, whoever owns it. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

/** `pid-boot-start` of a living process, which no later process of the same number shares; plain `pid` where /proc is missing. */
export const identityOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and parentheses; field 22 (start, in ticks since boot) is the 20th after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    return `${pid}-${boot}-${fields[19]}`;
  } catch {
    return isAlive(pid) ? String(pid) : undefined;
  }
};
