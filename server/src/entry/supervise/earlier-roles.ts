import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identityOf } from '../../kernel/process-lock.ts';
import { killGroup } from './supervised-process.ts';

/** The role processes of this data folder, written down so that a later start knows those of a killed one. */
export interface RoleRegister {
  add(pid: number): void;
  /** Waits for roles that outlived their supervisor to finish, and ends them at the deadline. */
  waitForEarlier(deadlineMs: number): Promise<void>;
}

/** Opens the register, a folder with a file named after each process (pid and start). */
export const openRoleRegister = (dataDir: string): RoleRegister => {
  const folder = join(dataDir, 'locks/roles');
  mkdirSync(folder, { recursive: true });
  const living = (): number[] => readdirSync(folder).flatMap((name) => stillThere(folder, name));
  return {
    add: (pid) => {
      living();
      const identity = identityOf(pid);
      if (identity !== undefined) writeFileSync(join(folder, identity), '');
    },
    waitForEarlier: async (deadlineMs) => {
      const giveUpAt = Date.now() + deadlineMs;
      while (living().length > 0) {
        if (Date.now() > giveUpAt) living().forEach(killGroup);
        await pause(20);
      }
    },
  };
};

const stillThere = (folder: string, name: string): number[] => {
  const pid = Number.parseInt(name, 10);
  if (identityOf(pid) === name) return [pid];
  rmSync(join(folder, name), { force: true });
  return [];
};
