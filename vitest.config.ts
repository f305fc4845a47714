import { defineConfig } from 'vitest/config';

const isLong = process.env.ANTENNE_TEST_LONG === '1';
// Journeys with real processes and browsers wait a good deal: they fill what the others leave of two cores. The long
// ones want the machine to themselves.
const together = { maxWorkers: isLong ? 1 : 3 };
const files = (folder: string) =>
  isLong ? [`${folder}/**/*.test.{ts,tsx}`] : [`${folder}/**/!(*.long).test.{ts,tsx}`];

/** One command tests everything: `./antenne test`; `--long` adds soaks and crash rounds. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'server',
          include: files('server'),
          globalSetup: ['server/test/harness/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          pool: 'forks',
          ...together,
        },
      },
      { test: { name: 'client', include: files('client'), ...together } },
      { test: { name: 'web', include: files('web'), ...together } },
      {
        test: {
          name: 'e2e',
          include: files('e2e'),
          testTimeout: isLong ? 3_600_000 : 180_000,
          hookTimeout: 120_000,
          ...together,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['server/src/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text-summary'],
      thresholds: { lines: 85 },
    },
  },
});
