import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ProcessFailed,
  type ProcessFailure,
  type ProcessRequest,
} from '../../../kernel/media/run-process.ts';
import { testFolder } from '../../../kernel/media/sound.test-kit.ts';
import { type Engine, EngineFailure, type RecogniseRequest } from './engine.ts';
import { openPocketsphinx, type ProgramRunner } from './pocketsphinx-engine.ts';
import { PocketsphinxOutput } from './pocketsphinx-output.ts';

/** As Debian's 0.8+5prealpha prints it. */
const printed = `good morning i'm to
<s> 0.000 0.200 0.999400
good(2) 0.210 0.340 0.167042
morning 0.350 0.740 1.000500
[SPEECH] 0.750 0.800 0.770412
<sil> 0.810 0.830 0.885629
i'm 0.840 0.900 nan
++NOISE++ 0.900 0.910 0.5
to(3) 0.910 0.990 -0.2
</s> 0.990 1.000 1.000000
`;

const heard = (durationMs: number, ...chunks: string[]) => {
  const output = new PocketsphinxOutput(durationMs);
  for (const chunk of chunks) output.push(Buffer.from(chunk));
  return output;
};

describe('its output', () => {
  test('words with their times, without fillers and marks', () => {
    expect(heard(2000, printed).words).toEqual([
      { startMs: 210, endMs: 350, text: 'good', confidence: 0.167 },
      { startMs: 350, endMs: 750, text: 'morning', confidence: 1 },
      { startMs: 840, endMs: 910, text: "I'm", confidence: null },
      { startMs: 910, endMs: 1000, text: 'to', confidence: 0 },
    ]);
  });

  test('in any portions', () => {
    const whole = heard(2000, printed).words;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (lengths) => {
        const portions: string[] = [];
        for (let at = 0, turn = 0; at < printed.length; turn++) {
          const length = lengths[turn % lengths.length] ?? 1;
          portions.push(printed.slice(at, at + length));
          at += length;
        }
        expect(heard(2000, ...portions).words).toEqual(whole);
      }),
    );
  });

  test('nothing beyond the end, nothing that is no word', () => {
    const odd = 'a 0.1 0.2 0.5\nb 5.0 9.0 0.5\nc x y z\n\nd 0.1\n e 1.0 2.0 0.5\nfar 0.05 0.1 0.5\n';
    expect(heard(1000, odd).words.map(({ text, startMs, endMs }) => [text, startMs, endMs])).toEqual([
      ['a', 100, 210],
      ['b', 1000, 1000],
    ]);
  });
});

describe('the engine', async () => {
  const folder = await testFolder('pocketsphinx');
  const models = join(folder, 'models');
  await mkdir(join(models, 'en-us'), { recursive: true });
  await writeFile(join(models, 'cmudict-en-us.dict'), '');
  await writeFile(join(models, 'en-us.lm.bin'), '');

  async function open(run: (request: ProcessRequest) => Promise<void>): Promise<Engine> {
    const tools: ProgramRunner = {
      findProgram: async (name) => `/usr/bin/${name}`,
      runProgram: async (request) => {
        await run(request);
        return { stdout: Buffer.alloc(0), stderrTail: '' };
      },
    };
    const engine = await openPocketsphinx(tools, [join(folder, 'nowhere'), models]);
    if (typeof engine === 'string') throw new Error(engine);
    return engine;
  }

  const request = (given: Partial<RecogniseRequest> = {}): RecogniseRequest => ({
    ...{ audioPath: '/tmp/a.wav', durationMs: 1000, language: 'en', model: null, initialPrompt: null },
    ...{ signal: new AbortController().signal, onProgress: () => undefined },
    ...given,
  });

  test('tells how far it is, and ends with all', async () => {
    const engine = await open(async ({ onStdout }) => {
      for (const line of printed.split(/(?<=\n)/)) await onStdout?.(Buffer.from(line));
    });
    const shares: number[] = [];
    const segments = await engine.recognise(request({ onProgress: (share) => shares.push(share) }));
    expect(segments.map(({ text }) => text)).toEqual(["Good morning I'm to"]);
    expect(shares).toEqual([0.35, 0.75, 0.91, 1]);
    expect([engine.name, engine.languages]).toEqual(['pocketsphinx', ['en']]);
  });

  test('silence', async () => {
    const shares: number[] = [];
    const engine = await open(async () => undefined);
    expect(await engine.recognise(request({ onProgress: (share) => shares.push(share) }))).toEqual([]);
    expect(shares).toEqual([1]);
  });

  test.each<[ProcessFailure, string, boolean]>([
    ['deadline', 'timeout', false],
    ['exit', 'tool-failed', true],
    ['killed', 'tool-failed', false],
    ['spawn', 'tool-failed', false],
    ['stopped', 'tool-failed', false],
  ])('%s', async (failure, code, isFinal) => {
    const engine = await open(() => Promise.reject(new ProcessFailed(failure, '/secret/path failed')));
    const error = await engine.recognise(request()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineFailure);
    expect(error).toMatchObject({ code, isFinal });
    expect(String(error)).not.toContain('/secret');
  });

  test('a cancelled run passes the reason on', async () => {
    const reason = new Error('cancelled');
    const engine = await open(() => Promise.reject(reason));
    await expect(engine.recognise(request())).rejects.toBe(reason);
  });

  test('says what is missing', async () => {
    const none: ProgramRunner = {
      findProgram: async () => null,
      runProgram: () => Promise.reject(new Error('no')),
    };
    expect(await openPocketsphinx(none, [models])).toBe('pocketsphinx is not installed');
    const found = { ...none, findProgram: async () => '/usr/bin/pocketsphinx_continuous' };
    expect(await openPocketsphinx(found, [folder])).toContain('pocketsphinx-en-us');
  });
});
