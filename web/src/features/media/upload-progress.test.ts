import { expect, test } from 'vitest';
import { leftMsOf, progressOf, shownOf } from './upload-progress.ts';
import type { Upload, UploadState } from './upload-queue.ts';

const upload = (id: string, state: UploadState, given: Partial<Upload> = {}): Upload => ({
  id,
  name: id,
  title: id,
  language: 'fr',
  sizeBytes: 1000,
  sentBytes: 0,
  startedAtMs: null,
  startedBytes: 0,
  state,
  attempt: 0,
  retryAtMs: null,
  recordingId: null,
  debateId: null,
  problem: null,
  publication: null,
  ...given,
});

test('the time left counts from where sending went on, not from the beginning of the file', () => {
  const resumed = upload('a', 'sending', { startedAtMs: 0, startedBytes: 800, sentBytes: 900 });
  expect(leftMsOf(resumed, 5_000)).toBe(5_000);
  expect(leftMsOf(resumed, 1_000)).toBeNull();
  expect(leftMsOf({ ...resumed, state: 'paused' }, 5_000)).toBeNull();
});

test('the whole queue adds up what is under way, without what was given up', () => {
  const list = [
    upload('a', 'sent', { sentBytes: 1000 }),
    upload('b', 'sending', { startedAtMs: 0, sentBytes: 500 }),
    upload('c', 'waiting'),
    upload('d', 'cancelled', { sentBytes: 300 }),
  ];
  expect(progressOf(list, 5_000)).toEqual({
    sentFiles: 1,
    files: 3,
    sentBytes: 1500,
    bytes: 3000,
    leftMs: 15_000,
  });
  expect(progressOf([upload('c', 'waiting')], 5_000).leftMs).toBeNull();
});

test('of thousands those are shown that something happens to, in the order of their coming', () => {
  const few = [upload('a', 'sent'), upload('b', 'sending')];
  expect(shownOf(few, 2)).toEqual(few);
  const many = [...few, upload('c', 'waiting'), upload('d', 'failed'), upload('e', 'sending')];
  expect(shownOf(many, 3).map(({ id }) => id)).toEqual(['b', 'e', 'd']);
});
