/** One word that `./antenne` understands. */
export interface Verb {
  name: string;
  /** One line for the list of verbs. */
  summary: string;
  /** How it is called, without the program's name; one line each. */
  usage: readonly string[];
  /** More lines for its own `--help`. */
  details?: string;
  /** Resolves with the exit code when done, or with undefined where a role goes on by itself. */
  run(args: string[]): Promise<number | undefined>;
}

const role = (name: string, summary: string, load: () => Promise<unknown>): Verb => ({
  name,
  summary,
  usage: [name],
  details:
    'Uses DATABASE_URL, or else the embedded database that `./antenne start` runs on the same DATA_DIR.',
  run: async (args) => {
    (await import('./verbs/no-arguments.ts')).refuseArguments(name, args);
    await load();
    return undefined;
  },
});

/** Every verb, in the order of the help. Each loads its code only when it runs. */
export const verbs: readonly Verb[] = [
  {
    name: 'start',
    summary: 'Run everything: database, API and page, worker, live',
    usage: ['start'],
    details:
      'Starts the embedded database (unless DATABASE_URL is set), brings it up to date, and runs the roles until\nCtrl-C. Listens on HOST:PORT, 127.0.0.1:8000 unless set. Settings: .env.example.',
    run: async (args) => {
      (await import('./verbs/no-arguments.ts')).refuseArguments('start', args);
      return (await import('./start.ts')).start({ watch: false });
    },
  },
  {
    name: 'dev',
    summary: 'The same, reloading when sources change, the page from Vite',
    usage: ['dev'],
    run: async (args) => {
      (await import('./verbs/no-arguments.ts')).refuseArguments('dev', args);
      return (await import('./start.ts')).start({ watch: true });
    },
  },
  role('api', 'Run one API process', () => import('./api.ts')),
  role('worker', 'Run one worker process', () => import('./worker.ts')),
  role('live', 'Run the live process', () => import('./live.ts')),
  {
    name: 'migrate',
    summary: 'Bring the database up to date, or take a step back',
    usage: [
      'migrate upgrade',
      'migrate downgrade',
      'migrate current',
      'migrate history',
      'migrate create <name>',
    ],
    details:
      'Without DATABASE_URL it works on the embedded database, which it starts for the moment if need be.',
    run: async (args) => (await import('./verbs/migrate.ts')).migrate(args),
  },
  {
    name: 'setup',
    summary: 'Print a fresh one-time link to set Antenne up',
    usage: ['setup'],
    details:
      'Works beside a running `./antenne start` while nobody can sign in yet. Earlier links stop working.',
    run: async (args) => (await import('./verbs/setup.ts')).setup(args),
  },
  {
    name: 'seed',
    summary: 'Bring an invented assembly and station, to have something to see and hear',
    usage: ['seed', 'seed --organisation <slug>'],
    details:
      'Works beside a running `./antenne start`, whose worker makes the sound playable. What is there already\nstays as it is. Without a slug it goes to the default organisation.',
    run: async (args) => (await import('./seed.ts')).runSeed(args),
  },
  {
    name: 'reindex',
    summary: 'Make the index of the search anew',
    usage: ['reindex', 'reindex --organisation <slug>'],
    details:
      'Works beside a running `./antenne start`, and the search goes on meanwhile. Stopped, it goes on where it was\nwhen it is run again. Without a slug it takes every organisation in turn.',
    run: async (args) => (await import('./verbs/reindex.ts')).reindex(args),
  },
  {
    name: 'check',
    summary: 'Compare what the database knows with the files that are there',
    usage: ['check [--quick] [--repair] [--resume]'],
    details:
      'Works beside a running `./antenne start`. Reads every file and compares its SHA-256; --quick looks at presence and\nsizes alone. --repair has renditions and measurements made again from originals that are whole. Stopped by\nCtrl-C it goes on with --resume. Exit code 1 when something is wrong and was not repaired.',
    run: async (args) => (await import('./verbs/check.ts')).check(args),
  },
  {
    name: 'cleanup',
    summary: 'Remove what the rules of retention let go, or tell what that would be',
    usage: ['cleanup --dry-run', 'cleanup'],
    details:
      'Works beside a running `./antenne start`, whose worker does the same once a day. Rules are the organisation’s\n(PUT /api/storage/retention); without any, nothing goes.',
    run: async (args) => (await import('./verbs/cleanup.ts')).cleanup(args),
  },
  {
    name: 'storage',
    summary: 'Copy all sound from the disk to a bucket, or back',
    usage: ['storage copy --to s3', 'storage copy --to disk'],
    details:
      'Needs S3_BUCKET and what goes with it, for this command alone while the station still uses the other store.\nWorks beside a running `./antenne start`; compares hashes, leaves out what is there, and removes nothing.\nRun it, stop the station, run it again, change the settings, start.',
    run: async (args) => (await import('./verbs/storage.ts')).storage(args),
  },
  {
    name: 'sign',
    summary: 'Print an address that plays a file without a token, for a while',
    usage: ['sign <filename> [--expires 6h] [--organisation <slug>] [--ip <address>] [--user <name>]'],
    details:
      'The name is a rendition’s file name or a recording’s id. Times: seconds, or 90m, 12h, 7d.\nHow back ends do the same: docs/integrate/signed-addresses.md.',
    run: async (args) => (await import('./verbs/sign.ts')).sign(args),
  },
  {
    name: 'keys',
    summary: 'List the keys that sign addresses, or make a new one',
    usage: ['keys show [--organisation <slug>]', 'keys rotate [--organisation <slug>]'],
    details:
      'A new key is printed this once. The one before stays accepted until the next rotation: rotate twice when a\nkey has leaked.',
    run: async (args) => (await import('./verbs/keys.ts')).keys(args),
  },
  {
    name: 'reset',
    summary: 'Delete everything that DATA_DIR keeps',
    usage: ['reset', 'reset --yes'],
    details:
      'Asks for the name of the folder first; --yes does not ask. Refuses while Antenne runs, and with DATABASE_URL.',
    run: async (args) => (await import('./verbs/reset.ts')).reset(args),
  },
  {
    name: 'test',
    summary: 'Run the tests',
    usage: ['test [--long] [vitest arguments]'],
    details:
      '--long adds the tests that take minutes, and coverage. Ends with the line "N passed, N failed".',
    run: async (args) => (await import('./test.ts')).test(args),
  },
  {
    name: 'config',
    summary: 'Check the settings, or print an example of them',
    usage: ['config check', 'config example'],
    run: async (args) => (await import('./verbs/config.ts')).config(args),
  },
];
