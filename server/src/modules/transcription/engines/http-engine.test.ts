import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  openSpeechServer,
  type SpeechServerKit,
  type SpeechServerOptions,
} from '../../../../test/speech/openai-server.ts';
import { testFolder, toneWav } from '../../../kernel/media/sound.test-kit.ts';
import { EngineFailure, type RecogniseRequest } from './engine.ts';
import { createHttpEngine } from './http-engine.ts';
import { speechServer } from './http-request.ts';

const folder = await testFolder('http-engine');
const key = 'sk-very-secret-key';
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(options: SpeechServerOptions = {}): Promise<SpeechServerKit> {
  const server = await openSpeechServer(options);
  closers.push(server.close);
  return server;
}

/** Tones with pauses: a second of sound, half a second without. */
async function soundOf(seconds: number): Promise<string> {
  const path = join(folder, `${seconds}.wav`);
  const wav = toneWav({ seconds, sampleRate: 16_000, channels: 1 });
  for (let second = 1; second < seconds; second += 1.5)
    wav.fill(0, 44 + second * 32_000, 44 + (second + 0.5) * 32_000);
  await writeFile(path, wav);
  return path;
}

async function requestFor(seconds: number, given: Partial<RecogniseRequest> = {}): Promise<RecogniseRequest> {
  return {
    ...{ audioPath: await soundOf(seconds), durationMs: seconds * 1000, language: 'fr-CA' },
    ...{
      model: null,
      initialPrompt: null,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    },
    ...given,
  };
}

const engineOf = (url: string, apiKey: string | null = null, model = 'whisper-1') =>
  createHttpEngine({ server: speechServer(url, apiKey), model });

/** The failure of a run, which must be one of ours and must not speak of the key. */
async function failureOf(run: Promise<unknown>): Promise<EngineFailure> {
  const failure = await run.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(failure instanceof EngineFailure)) throw failure ?? new Error('It succeeded');
  expect(failure.message).not.toContain(key);
  return failure;
}

/** A server that says one thing to everybody. */
const answering = (status: number, body: unknown = {}, headers: Record<string, string> = {}) =>
  serve({ answer: () => ({ status, body, headers }) });

describe('what is sent', () => {
  test('the sound, the language, the model, the prompt and the key', async () => {
    const server = await serve({ key });
    await engineOf(server.url, key, 'large-v3').recognise(
      await requestFor(2, { initialPrompt: 'Kerlande, été' }),
    );
    expect(server.requests).toEqual([
      {
        path: '/v1/audio/transcriptions',
        authorization: `Bearer ${key}`,
        fields: {
          model: ['large-v3'],
          language: ['fr'],
          prompt: ['Kerlande, été'],
          response_format: ['verbose_json'],
          'timestamp_granularities[]': ['word', 'segment'],
        },
        audioBytes: 64_044,
        durationMs: 2000,
        index: 0,
      },
    ]);
  });

  test('the model that was asked for goes before the usual one', async () => {
    const server = await serve();
    await engineOf(server.url).recognise(await requestFor(1, { model: 'small' }));
    expect(server.requests[0]?.fields).toMatchObject({ model: ['small'] });
    expect(server.requests[0]?.authorization).toBeUndefined();
  });

  test.each([
    ['https://api.test', 'https://api.test/v1/audio/transcriptions', null],
    ['https://api.test/', 'https://api.test/v1/audio/transcriptions', null],
    ['https://api.test/v1/', 'https://api.test/v1/audio/transcriptions', null],
    ['https://api.test/speech/v1', 'https://api.test/speech/v1/audio/transcriptions', null],
    ['https://api.test/v1/audio/transcriptions', 'https://api.test/v1/audio/transcriptions', null],
    ['https://api.test/x?api-version=2', 'https://api.test/x/v1/audio/transcriptions?api-version=2', null],
    ['https://me:pass@api.test', 'https://api.test/v1/audio/transcriptions', `Basic ${btoa('me:pass')}`],
  ])('%s', (given, href, authorization) => {
    const server = speechServer(given, null);
    expect([server.url.href, server.authorization]).toEqual([href, authorization]);
  });

  test('nothing, for sound that is too short to hold a word', async () => {
    const server = await serve();
    expect(await engineOf(server.url).recognise(await requestFor(0.05))).toEqual([]);
    expect(server.requests).toEqual([]);
  });
});

describe('what comes back', () => {
  test('sentences with their words, as the text writes them', async () => {
    const server = await serve({ said: () => [{ startMs: 500, endMs: 1500, text: 'Bonjour, Kerlande !' }] });
    const shares: number[] = [];
    const request = await requestFor(2, { onProgress: (share) => shares.push(share) });
    expect(await engineOf(server.url).recognise(request)).toEqual([
      {
        startMs: 500,
        endMs: 1500,
        text: 'Bonjour, Kerlande !',
        speaker: null,
        confidence: 0.819,
        words: [
          { startMs: 500, endMs: 833, text: 'Bonjour,', confidence: null },
          { startMs: 833, endMs: 1167, text: 'Kerlande', confidence: null },
        ],
      },
    ]);
    expect(shares).toEqual([1]);
  });

  test.each([false, true])(
    'sentences alone from a server that knows no words, strict: %s',
    async (isStrict) => {
      const server = await serve({ detail: 'segments', isStrict });
      const engine = engineOf(server.url);
      const segments = await engine.recognise(await requestFor(12));
      expect(segments.map(({ text, words }) => [text, words])).toEqual([
        [expect.stringContaining('Sentence 0'), null],
      ]);
      await engine.recognise(await requestFor(12));
      // The strict one was asked too much once, and never again.
      expect(server.requests).toHaveLength(isStrict ? 3 : 2);
    },
  );

  test.each([false, true])(
    'text alone: sent in parts cut at pauses, so that it has times, strict: %s',
    async (isStrict) => {
      const server = await serve({ detail: 'text', isStrict });
      const shares: number[] = [];
      const request = await requestFor(60, { onProgress: (share) => shares.push(share) });
      const segments = await engineOf(server.url).recognise(request);
      const parts = server.requests.slice(isStrict ? 2 : 1);
      expect(segments.map(({ endMs, startMs }) => endMs - startMs)).toEqual(
        parts.map(({ durationMs }) => durationMs),
      );
      expect(Math.max(...parts.map(({ durationMs }) => durationMs))).toBeLessThanOrEqual(20_000);
      expect([segments[0]?.startMs, segments.at(-1)?.endMs]).toEqual([0, 60_000]);
      for (const { endMs } of segments.slice(0, -1)) expect(endMs % 1500).toBeGreaterThanOrEqual(1000);
      expect(shares.length).toBeGreaterThan(2);
      expect(shares.at(-1)).toBe(1);
    },
  );

  test('a server that takes little gets little', async () => {
    const server = await serve({ maxBytes: 1_500_000 });
    const engine = engineOf(server.url);
    const segments = await engine.recognise(await requestFor(120));
    const taken = server.requests.filter(({ audioBytes }) => audioBytes < 1_400_000);
    expect(taken.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(120_000);
    expect(segments.at(-1)?.endMs).toBeGreaterThan(110_000);
    expect(segments.map(({ startMs }) => startMs)).toEqual(
      segments.map(({ startMs }) => startMs).sort((one, other) => one - other),
    );
    const before = server.requests.length;
    await engine.recognise(await requestFor(120));
    expect(server.requests.slice(before).every(({ audioBytes }) => audioBytes < 1_400_000)).toBe(true);
  });

  test('silence', async () => {
    const server = await serve({ said: () => [] });
    expect(await engineOf(server.url).recognise(await requestFor(30))).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a failure says what to do, and whether to try again', () => {
  test.each([
    [
      401,
      { error: { message: `Incorrect API key provided: ${key}` } },
      'refused-key',
      true,
      /TRANSCRIPTION_API_KEY/,
    ],
    [403, 'no', 'refused-key', true, /TRANSCRIPTION_API_KEY/],
    [
      404,
      { error: { message: 'The model does not exist' } },
      'not-found',
      true,
      /TRANSCRIPTION_API_URL.*TRANSCRIPTION_API_MODEL/,
    ],
    [302, '', 'redirected', true, /final address/],
    [400, { error: { message: 'Audio is corrupt' } }, 'rejected', true, /\(400\): Audio is corrupt$/],
    [422, { detail: `no ${key}\u0007  please` }, 'rejected', true, /\(422\): no … please$/],
    [500, { error: 'CUDA out of memory' }, 'server-error', false, /\(500\): CUDA out of memory$/],
    [502, '<html>bad gateway</html>', 'server-error', false, /\(502\)$/],
    [503, '', 'busy', false, /too much to do/],
    [408, '', 'server-error', false, /\(408\)/],
    [429, { error: { code: 'insufficient_quota' } }, 'busy', true, /no credit/],
    [413, '', 'too-large', true, /raise its limit/],
    [200, 'Bonjour', 'nonsense', false, /no JSON/],
    [200, '{"text": "Bonj', 'nonsense', false, /no JSON/],
    [200, [], 'nonsense', false, /no transcript/],
    [200, { hello: 1 }, 'nonsense', false, /no transcript/],
    [200, { text: 'a'.repeat(50_000) }, 'nonsense', false, /more words than can be said/],
  ])('%s %j', async (status, body, code, isFinal, message) => {
    const server = await answering(status, body);
    const failure = await failureOf(engineOf(server.url, key).recognise(await requestFor(2)));
    expect(failure).toMatchObject({
      code,
      isFinal,
      retryAfterMs: null,
      message: expect.stringMatching(message),
    });
  });

  test('a key that is asked for', async () => {
    const server = await serve({ key });
    const failure = await failureOf(engineOf(server.url).recognise(await requestFor(1)));
    expect(failure).toMatchObject({
      code: 'refused-key',
      message: expect.stringContaining('set TRANSCRIPTION_API_KEY'),
    });
  });

  test('a web page in place of an answer', async () => {
    const server = await answering(200, '<p>Welcome', { 'content-type': 'text/html; charset=utf-8' });
    const failure = await failureOf(engineOf(server.url).recognise(await requestFor(1)));
    expect(failure).toMatchObject({ code: 'not-found', isFinal: true });
  });

  test.each([
    ['7', 7000, 7000],
    [new Date(Date.now() + 60_000).toUTCString(), 50_000, 61_000],
    ['99999999', 3_600_000, 3_600_000],
    ['Mon, 01 Jan 2001 00:00:00 GMT', 0, 0],
  ])('Retry-After: %s', async (header, least, most) => {
    const server = await answering(429, {}, { 'retry-after': header });
    const failure = await failureOf(engineOf(server.url).recognise(await requestFor(1)));
    expect(failure).toMatchObject({ code: 'busy', isFinal: false });
    expect(failure.retryAfterMs).toBeGreaterThanOrEqual(least);
    expect(failure.retryAfterMs).toBeLessThanOrEqual(most);
  });

  test('among parts, a short wait keeps what is done', async () => {
    const server = await serve({
      detail: 'text',
      answer: ({ index }) =>
        index === 2 ? { status: 429, headers: { 'retry-after': '0' }, body: {} } : undefined,
    });
    const segments = await engineOf(server.url).recognise(await requestFor(60));
    expect(segments.at(-1)?.endMs).toBe(60_000);
    expect(server.requests.length).toBe(1 + segments.length + 1);
  });

  test.each(['before', 'within'] as const)('a line cut %s the answer', async (cut) => {
    const server = await serve({ answer: () => ({ cut }) });
    const failure = await failureOf(engineOf(server.url).recognise(await requestFor(2)));
    expect(failure).toMatchObject({ code: 'unreachable', isFinal: false });
  });

  test.each([
    ['before it says anything', { delayMs: 3_600_000 }],
    ['in the middle of what it says', { isStuck: true }],
  ])('a server that is too slow, %s', async (_when, answer) => {
    const kit = await serve({ answer: () => answer });
    const engine = createHttpEngine({
      server: speechServer(kit.url, key),
      model: 'm',
      deadlineMs: () => 200,
    });
    const failure = await failureOf(engine.recognise(await requestFor(1)));
    expect(failure).toMatchObject({ code: 'timeout', isFinal: false });
  });

  test.each([
    [401, 'refused-key'],
    [413, 'too-large'],
  ])('%s before the sound was sent, and the line closed', async (status, code) => {
    const server = createServer();
    let bytes = 0;
    server.on('request', (request) => request.on('data', (part) => (bytes += part.length)));
    server.on('checkContinue', (_request, response) => {
      response.writeHead(status, { connection: 'close' }).end(() => response.socket?.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    const failure = await failureOf(
      engineOf(`http://127.0.0.1:${port}`, key).recognise(await requestFor(30)),
    );
    expect(failure).toMatchObject({ code, isFinal: true });
    expect(bytes).toBe(0);
  });

  test('a server that never heard of asking first is sent the sound all the same', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.end('{"text":"Bonjour."}'));
    });
    server.on('checkContinue', (request, response) => server.emit('request', request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    const segments = await engineOf(`http://127.0.0.1:${port}`).recognise(await requestFor(5));
    expect(segments.map(({ text }) => text)).toEqual(['Bonjour.']);
  });

  test('nobody there', async () => {
    const server = await openSpeechServer();
    await server.close();
    const failure = await failureOf(engineOf(server.url, key).recognise(await requestFor(1)));
    expect(failure).toMatchObject({
      code: 'unreachable',
      isFinal: false,
      message: expect.stringContaining('nothing answers'),
    });
  });

  test('an answer without end', async () => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => response.write(' '.repeat(1_000_000), (error) => (error ? undefined : more()));
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    const failure = await failureOf(engineOf(`http://127.0.0.1:${port}`).recognise(await requestFor(1)));
    expect(failure).toMatchObject({ code: 'nonsense', message: expect.stringContaining('no end') });
  });
});

describe('cancelling', () => {
  test('ends the request at once, with the reason that was given', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled by hand');
    const server = await serve({
      answer: () => {
        setImmediate(() => abort.abort(reason));
        return { delayMs: 3_600_000 };
      },
    });
    const request = await requestFor(2, { signal: abort.signal });
    await expect(engineOf(server.url).recognise(request)).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  test('ends a wait between parts too', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled by hand');
    const server = await serve({
      detail: 'text',
      answer: ({ index }) => {
        if (index < 2) return undefined;
        setTimeout(() => abort.abort(reason), 50);
        return { status: 429, headers: { 'retry-after': '50' }, body: {} };
      },
    });
    const request = await requestFor(60, { signal: abort.signal });
    await expect(engineOf(server.url).recognise(request)).rejects.toBe(reason);
  });
});
