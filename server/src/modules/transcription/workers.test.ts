import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import { createOrganisation } from '../../../test/harness/factories/accounts.ts';
import { createReadyRecording } from '../../../test/harness/factories/media.ts';
import { openSpeechServer, type SpeechServerKit } from '../../../test/speech/openai-server.ts';
import { cancelTranscription } from './cancel-transcription.ts';
import { requestTranscription } from './request-transcription.ts';
import { retryTranscription } from './retry-transcription.ts';
import { createTranscriptionContext, type TranscriptionContext } from './transcription-context.ts';
import { findTranscription } from './transcription-repo.ts';

const WAIT = { timeout: 30_000, interval: 50 };
/** How long the engine takes; a test makes it slow. */
let answerMs = 200;

let server: SpeechServerKit;
let first: TestApp;
let second: TestApp;
let context: TranscriptionContext;
let organisationId: string;

beforeAll(async () => {
  server = await openSpeechServer({ answer: () => ({ delayMs: answerMs }) });
  const env = {
    TRANSCRIPTION_ENGINE: 'http',
    TRANSCRIPTION_API_URL: server.url,
    TRANSCRIPTION_AUTO: 'false',
  };
  first = await buildTestApp({ withJobs: true, env });
  second = await buildTestApp({ withJobs: true, env, beside: first });
  context = createTranscriptionContext(first.kernel, first.composition.media);
  organisationId = (await createOrganisation(first)).id;
});
afterAll(async () => {
  await second.end();
  await first.end();
  await server.close();
});

const ask = async (recordingId: string, initialPrompt: string) => {
  const asker = { organisationId, personId: null };
  return (await requestTranscription(context, asker, recordingId, { initialPrompt })).id;
};
const stateOf = async (id: string) => {
  const row = await findTranscription(first.kernel.db.kysely, organisationId, id);
  return row?.status === 'error' ? row.errorCode : row?.status;
};
const asked = (prompt: string) =>
  server.requests.filter(({ fields }) => fields.prompt?.[0] === prompt).length;

describe('two workers on one queue', () => {
  test('do each transcription once', { timeout: 90_000 }, async () => {
    const names = ['un', 'deux', 'trois'];
    const ids: string[] = [];
    for (const name of names) ids.push(await ask(await createReadyRecording(first, organisationId), name));
    for (const id of ids) await expect.poll(() => stateOf(id), WAIT).toBe('done');
    expect(names.map(asked)).toEqual(names.map(() => 1));
  });

  test('stop at once when the work is cancelled, and take it up when it is wanted again', async () => {
    answerMs = 600_000;
    const id = await ask(await createReadyRecording(first, organisationId), 'cancelled');
    await expect.poll(() => server.open(), WAIT).toBe(1);
    const before = performance.now();
    await cancelTranscription(context, organisationId, id);
    await expect.poll(() => server.open(), WAIT).toBe(0);
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(await stateOf(id)).toBe('transcription.cancelled');
    answerMs = 0;
    await retryTranscription(context, organisationId, id);
    await expect.poll(() => stateOf(id), WAIT).toBe('done');
    expect(asked('cancelled')).toBe(2);
  });
});
