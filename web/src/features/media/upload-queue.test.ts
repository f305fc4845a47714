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
  let ids = 0;
  const queue = new UploadQueue({
    send: (upload, _file, onSent, signal) =>
      new Promise((arrive, refuse) => sendings.push({ upload, onSent, signal, arrive, refuse })),
    publish,
    newId: () => {
      ids += 1;
      return `u${ids}`;
    },
    now: Date.now,
  });
  return { queue, sendings };
}

const file = (name = 'conseil.wav') => new File(['0123456789'], name);
const stateOf = (queue: UploadQueue, id: string) =>
  queue.getUploads().find((upload) => upload.id === id)?.state;
const settled = () => vi.advanceTimersByTimeAsync(0);
const refusal = (status: number, type = 'x') =>
  new ApiProblem({
    status,
    type,
    title: 'x',
    detail: 'x',
    errors: [],
    requestId: null,
    retryAfterSeconds: null,
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

test('cancelling stops the sending and lets the next begin; a late answer changes nothing', async () => {
  const { queue, sendings } = queueWith();
  for (const name of ['a', 'b', 'c']) queue.add(file(name), name, 'fr', null);
  queue.cancel('u1');
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

test('a last try that the server has not given up yet is waited for, any other conflict is not', async () => {
  const { queue, sendings } = queueWith();
  queue.add(file(), 'a', 'fr', null);
  sendings[0]?.refuse(refusal(409, 'urn:antenne:problem:idempotency.in-progress'));
  await settled();
  expect(stateOf(queue, 'u1')).toBe('lost');
  await vi.advanceTimersByTimeAsync(uploadRetryDelayMs(1));
  sendings[1]?.refuse(refusal(409));
  await settled();
  expect(stateOf(queue, 'u1')).toBe('failed');
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
  queue.clearFinished();
  expect(queue.getUploads().map((upload) => upload.id)).toEqual(['u2']);
});
