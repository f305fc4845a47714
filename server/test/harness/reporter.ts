import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';

/** What the test command is told when the run is over. */
export interface TestCounts {
  type: 'counts';
  passed: number;
  /** Failed tests, files or hooks that failed outside of one, and with REQUIRE_PARTS=1 tests that lacked a part. */
  failed: number;
  skipped: number;
}

/** Says why each skipped test was skipped, and gives the counts to the command that started the run. */
export default class CountingReporter implements Reporter {
  #isFiltered = false;

  onInit(vitest: Vitest): void {
    this.#isFiltered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string) => tests.filter((test) => test.result().state === state);
    const skipped = inState('skipped');
    if (!this.#isFiltered)
      for (const test of skipped) process.stdout.write(`skipped  ${describeSkip(test)}\n`);
    const outside = modules.flatMap((module) => [module, ...module.children.allSuites()]).filter(hasErrors);
    // A right that this machine does not give is nobody's omission; a part that is not installed is.
    const missing = process.env.REQUIRE_PARTS === '1' ? skipped.filter((test) => !isOfRights(test)) : [];
    const counts: TestCounts = {
      type: 'counts',
      passed: inState('passed').length,
      failed: inState('failed').length + outside.length + unhandledErrors.length + missing.length,
      skipped: skipped.length,
    };
    process.send?.(counts);
  }
}

/** A whole group that is skipped says why in its title. */
const REASON_IN_TITLE = /\[skipped: .+\]/;

const isOfRights = (test: TestCase): boolean => /\bmay not\b/.test(describeSkip(test));

const hasErrors = (group: TestModule | TestSuite): boolean => group.errors().length > 0;

const describeSkip = (test: TestCase): string => {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  if (note === undefined && REASON_IN_TITLE.test(test.fullName)) {
    return `${test.module.relativeModuleId} › ${test.fullName}`;
  }
  const reason = note ?? (test.options.mode === 'todo' ? 'not written yet' : 'no reason given');
  return `${test.module.relativeModuleId} › ${test.fullName}: ${reason}`;
};
