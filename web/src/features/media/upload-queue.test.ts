import { ApiProblem, ServerAway } from '@antenne/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Publication, type Upload, UploadQueue, uploadRetryDelayMs } from './upload-queue.ts';

const publication: Publication = { title: 'Séance', date: '2026-11-20', type: 'autre', commission: '' };

interface Sending {
  upload: Upload;
  onSent(bytes: number): void;
  signal: AbortSignal;
  arrive(recordingId: string): void;
  refuse(error: unknown): void;
}

/** A queue whose sendings wait in the test's hands. */
function queueWith(publish: (recordingId: string) => Promise<string> = async () => 'd1') {
  const sendings: Sending[] = [];
  const forgotten: string[] = [];
  let ids = 0;
  const queue = new UploadQueue({
    send: (upload, _file, onSent, signal) =>
      new Promise((arrive, refuse) => sendings.push({ upload, onSent, signal, arrive, refuse })),
    forget: async ({ name }) => void forgotten.push(name),
    publish,
    newId: () => {
      ids += 1;
      return `u${ids}`;
    },
    now: Date.now,
  });
  return { queue, sendings, forgotten };
}

const file = (name = 'conseil.wav') => new File(['0123456789'], name);
const stateOf = (queue: UploadQueue, id: string) =>
  queue.getUploads().find((upload) => upload.id === id)?.state;
const settled = () => vi.advanceTimersByTimeAsync(0);
const refusal = (status: number, type = 'x', retryAfterSeconds: number | null = null) =>
  new ApiProblem({
    status,
    type,
    title: 'x',
    detail: 'x',
    errors: [],
    requestId: null,
    retryAfterSeconds,
    extra: {},
  });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('two files are sent at a time, the third when one is done', async () => {
  const { queue, sendings } = queueWith();
  const ids = ['a', 'b', 'c'].map((name) => queue.add(file(name), name, 'fr', null));
  expect(ids.map((id) => stateOf(queue, id))).toEqual(['sending', 'sending', 'waiting']);
  sendings[0]?.onSent(4);
  expect(queue.getUploads()[0]?.sentBytes).toBe(4);
  sendings[0]?.onSent(10);
  expect(stateOf(queue, 'u1')).toBe('saving');
  sendings[0]?.arrive('r1');
  await settled();
  expect(ids.map((id) => stateOf(queue, id))).toEqual(['sent', 'sending', 'sending']);
  expect(queue.getUploads()[0]).toMatchObject({ recordingId: 'r1', debateId: null });
  expect(queue.activeCount()).toBe(2);
});

test('a file that is on its way is not sent twice; one that has arrived is', async () => {
  const { queue, sendings } = queueWith();
  const one = file();
  queue.add(one, 'a', 'fr', null);
  queue.pause('u1');
  sendings[0]?.refuse(new DOMException('Stopped', 'AbortError'));
  await settled();
  expect(queue.add(one, 'a', 'fr', null)).toBe('u1');
  expect(sendings).toHaveLength(2);
  expect(queue.add(one, 'a', 'fr', null)).toBe('u1');
  sendings[1]?.arrive('r1');
  await settled();
  expect(queue.add(one, 'a', 'fr', null)).toBe('u2');
});

test('cancelling stops the sending, here and there, and lets the next begin; a late answer changes nothing', async () => {
  const { queue, sendings, forgotten } = queueWith();
  for (const name of ['a', 'b', 'c']) queue.add(file(name), name, 'fr', null);
  queue.cancel('u1');
  expect(forgotten).toEqual(['a']);
  expect(sendings[0]?.signal.aborted).toBe(true);
  sendings[0]?.arrive('r1');
  await settled();
  expect(stateOf(queue, 'u1')).toBe('cancelled');
  expect(stateOf(queue, 'u3')).toBe('sending');
});

test('a lost connection is tried again after a growing while with the same id, a refusal is not', async () => {
  const { queue, sendings } = queueWith();
  queue.add(file(), 'a', 'fr', null);
  sendings[0]?.refuse(new ServerAway('away'));
  await settled();
  expect(stateOf(queue, 'u1')).toBe('lost');
  await vi.advanceTimersByTimeAsync(uploadRetryDelayMs(1));
  expect(stateOf(queue, 'u1')).toBe('sending');
  expect(sendings[1]?.upload.id).toBe('u1');
  sendings[1]?.refuse(refusal(413));
  await settled();
  expect(stateOf(queue, 'u1')).toBe('failed');
});

test('a last connection that the server still holds is waited for, as long as it asks for', async () => {
  const { queue, sendings } = queueWith();
  queue.add(file(), 'a', 'fr', null);
  sendings[0]?.refuse(refusal(423, 'urn:antenne:problem:media.upload-busy', 30));
  await settled();
  expect(stateOf(queue, 'u1')).toBe('lost');
  await vi.advanceTimersByTimeAsync(29_000);
  expect(stateOf(queue, 'u1')).toBe('lost');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(stateOf(queue, 'u1')).toBe('sending');
});

test('silence is waited out however long it lasts; refusals that pass end one day, unless bytes got through', async () => {
  const { queue, sendings } = queueWith();
  queue.add(file(), 'a', 'fr', null);
  const refuse = async (error: unknown) => {
    sendings.at(-1)?.refuse(error);
    await settled();
    await vi.advanceTimersByTimeAsync(60_000);
  };
  for (let i = 0; i < 30; i++) await refuse(new ServerAway('away'));
  expect(stateOf(queue, 'u1')).toBe('sending');
  sendings.at(-1)?.onSent(1);
  sendings.at(-1)?.onSent(2);
  for (let i = 0; i < 5; i++) await refuse(refusal(503));
  expect(stateOf(queue, 'u1')).toBe('sending');
  await refuse(refusal(503));
  expect(stateOf(queue, 'u1')).toBe('failed');
});

test('what is paused keeps its place and lets the next begin; going on sends the rest', async () => {
  const { queue, sendings, forgotten } = queueWith();
  for (const name of ['a', 'b', 'c']) queue.add(file(name), name, 'fr', null);
  sendings[0]?.onSent(3);
  queue.pause('u1');
  expect(sendings[0]?.signal.aborted).toBe(true);
  const stop = async (index: number) => {
    sendings[index]?.refuse(new DOMException('Stopped', 'AbortError'));
    await settled();
  };
  await stop(0);
  expect(queue.getUploads()[0]).toMatchObject({ state: 'paused', sentBytes: 3 });
  expect(stateOf(queue, 'u3')).toBe('sending');
  expect(queue.activeCount()).toBe(3);
  queue.pauseAll();
  await stop(1);
  await stop(2);
  expect(sendings).toHaveLength(3);
  expect(queue.getUploads().map(({ state }) => state)).toEqual(['paused', 'paused', 'paused']);
  queue.resumeAll();
  await settled();
  expect(queue.getUploads().map(({ state }) => state)).toEqual(['sending', 'sending', 'waiting']);
  expect(queue.getUploads()[0]?.sentBytes).toBe(3);
  expect(forgotten).toEqual([]);
});

test('when the network is back nothing waits for its timer', async () => {
  const { queue, sendings } = queueWith();
  queue.add(file(), 'a', 'fr', null);
  sendings[0]?.refuse(refusal(503));
  await settled();
  queue.retryLost();
  expect(stateOf(queue, 'u1')).toBe('sending');
  await vi.advanceTimersByTimeAsync(120_000);
  expect(sendings).toHaveLength(2);
});

test('a refused débat keeps the recording: trying again does not send the file again', async () => {
  let refusals = 1;
  const { queue, sendings } = queueWith(async () => {
    if (refusals-- > 0) throw refusal(422);
    return 'd9';
  });
  queue.add(file(), 'a', 'fr', publication);
  sendings[0]?.arrive('r1');
  await settled();
  expect(queue.getUploads()[0]).toMatchObject({ state: 'failed', recordingId: 'r1' });
  queue.retry('u1');
  await settled();
  expect(queue.getUploads()[0]).toMatchObject({ state: 'sent', recordingId: 'r1', debateId: 'd9' });
  expect(sendings).toHaveLength(1);
});

test('finished uploads are cleared, others stay', async () => {
  const { queue, sendings } = queueWith();
  queue.add(file('a'), 'a', 'fr', null);
  queue.add(file('b'), 'b', 'fr', null);
  sendings[0]?.arrive('r1');
  await settled();
  queue.clear('u2');
  queue.clearFinished();
  expect(queue.getUploads().map((upload) => upload.id)).toEqual(['u2']);
});
