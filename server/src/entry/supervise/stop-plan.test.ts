import { expect, it } from 'vitest';
import { openStopPlan } from './stop-plan.ts';

it('ends in the opposite order of the start, each step after the other, once', async () => {
  const plan = openStopPlan();
  const ended: string[] = [];
  for (const name of ['database', 'roles', 'page']) {
    await plan.add(async () => {
      ended.push(`${name} begins`);
      await Promise.resolve();
      ended.push(`${name} ended`);
    });
  }
  expect(plan.isClosed).toBe(false);
  await Promise.all([plan.run(1_000), plan.run(1_000)]);
  expect(plan.isClosed).toBe(true);
  expect(ended).toEqual(['page', 'roles', 'database'].flatMap((name) => [`${name} begins`, `${name} ended`]));
});

it('tells each step what is left of the time, never less than nothing', async () => {
  const plan = openStopPlan();
  const left: number[] = [];
  await plan.add(async (leftMs) => void left.push(leftMs));
  await plan.run(-5);
  expect(left).toEqual([0]);
});

it('ends at once what was started after the end was asked for', async () => {
  const plan = openStopPlan();
  await plan.run(1_000);
  let isEnded = false;
  await plan.add(async () => {
    isEnded = true;
  });
  expect(isEnded).toBe(true);
});

it('ends the rest when one step fails, and tells of the failure then', async () => {
  const plan = openStopPlan();
  const ended: string[] = [];
  await plan.add(async () => void ended.push('database'));
  await plan.add(() => Promise.reject(new Error('the roles would not go')));
  await expect(plan.run(1_000)).rejects.toThrow('the roles would not go');
  expect(ended).toEqual(['database']);
});
