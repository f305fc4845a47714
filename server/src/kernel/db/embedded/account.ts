import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PlainError } from '../../plain-error.ts';

/** Who PostgreSQL's processes run as, and how a command becomes theirs. */
export interface Account {
  /** Null: as this process's own user. */
  owner: { uid: number; gid: number } | null;
  /** The program and arguments to spawn in place of the given ones; the working folder stays. */
  wrap(program: string, args: readonly string[]): { program: string; args: string[] };
  /** For spawn: the account, where the system's own switch is enough. */
  spawnAs: { uid?: number; gid?: number };
}

/** The calling user itself. */
const self: Account = { owner: null, spawnAs: {}, wrap: (program, args) => ({ program, args: [...args] }) };

/**
 * PostgreSQL refuses to run as root, so root's cluster belongs to the account that owns it already,
 * else to `postgres` where there is one, else to `nobody`. `mustEnter` are the folders it has to reach.
 */
export const chooseAccount = (
  clusterFolder: string,
  binaries: string,
  mustEnter: readonly string[],
): Account => {
  if (process.getuid?.() !== 0) return self;
  const owner = ownerOf(clusterFolder) ?? idsOf('postgres') ?? idsOf('nobody');
  if (owner === undefined) {
    throw new PlainError(
      'PostgreSQL does not run as root, and there is no account named postgres or nobody.',
    );
  }
  const closed = [binaries, ...mustEnter].map((path) => closedAncestor(path, owner)).find(Boolean);
  if (closed === undefined) return { ...self, owner, spawnAs: owner };
  const reading = withReadRight(owner);
  if (canRun(reading, binaries)) return reading;
  throw new PlainError(
    `PostgreSQL does not run as root, and its account (uid ${owner.uid}) may not enter ${closed}: ` +
      'allow it with chmod o+x, move the checkout and DATA_DIR elsewhere, or start as an ordinary user.',
  );
};

const ownerOf = (folder: string): Account['owner'] | undefined => {
  if (!existsSync(folder)) return undefined;
  const { uid, gid } = statSync(folder);
  return uid === 0 ? undefined : { uid, gid };
};

const idsOf = (name: string): { uid: number; gid: number } | undefined => {
  try {
    const id = (which: string) =>
      Number(execFileSync('id', [which, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
};

/** The first folder above `path` that the account can't pass through, by its mode bits. */
const closedAncestor = (path: string, { uid, gid }: { uid: number; gid: number }): string | undefined => {
  const parent = dirname(path);
  if (parent !== path) {
    const closed = closedAncestor(parent, { uid, gid });
    if (closed !== undefined) return closed;
  }
  const stat = statSync(path);
  if (!stat.isDirectory()) return undefined;
  const shift = stat.uid === uid ? 6 : stat.gid === gid ? 3 : 0;
  return (stat.mode >> shift) & 1 ? undefined : path;
};

/**
 * The account with the right to read and pass everywhere, which root lends it (CAP_DAC_READ_SEARCH, ambient).
 * PostgreSQL asks access(2) for its own programs, which forgets lent rights unless no_setuid_fixup is set first.
 */
const withReadRight = (owner: { uid: number; gid: number }): Account => ({
  owner,
  spawnAs: {},
  wrap: (program, args) => ({
    program: 'setpriv',
    args: [
      ...[
        '--securebits',
        '+no_setuid_fixup',
        '--',
        'setpriv',
        `--reuid=${owner.uid}`,
        `--regid=${owner.gid}`,
      ],
      ...['--clear-groups', '--inh-caps=-all,+dac_read_search', '--ambient-caps=+dac_read_search', '--'],
      ...[program, ...args],
    ],
  }),
});

const canRun = (account: Account, binaries: string): boolean => {
  // initdb looks for its neighbour the way that fails first: --version would not.
  const { program, args } = account.wrap('./initdb', ['--show', '--pgdata', binaries]);
  return spawnSync(program, args, { cwd: binaries, stdio: 'ignore', timeout: 10_000 }).status === 0;
};
