import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ProcessFailed } from '../../../kernel/media/run-process.ts';
import type { MediaTools } from '../../../kernel/media/tools.ts';
import { type Engine, EngineFailure, type RecogniseRequest } from './engine.ts';
import { PocketsphinxOutput } from './pocketsphinx-output.ts';
import { segmentsOfWords } from './segments-of-words.ts';

/** What the engine needs of the media tools. */
export type ProgramRunner = Pick<MediaTools, 'findProgram' | 'runProgram'>;

/** Where Debian, and a build from source, put the English model. */
const modelFolders = ['/usr/share/pocketsphinx/model/en-us', '/usr/local/share/pocketsphinx/model/en-us'];
/** Of the folder: sounds, pronunciations, how words follow one another. */
const model = { sounds: 'en-us', dictionary: 'cmudict-en-us.dict', language: 'en-us.lm.bin' };

/** Sentences are not torn at the pauses of a slow speaker: heard on a text that no test measures. */
const patience = ['-vad_postspeech', '100'];

/** Long enough for the engine to get used to a voice, short enough to lose little when the worker dies. */
const maxChunkMs = 180_000;

/** The program and its model, or the sentence that says what is missing. */
export async function openPocketsphinx(
  tools: ProgramRunner,
  folders: readonly string[] = modelFolders,
): Promise<Engine | string> {
  const program = await tools.findProgram('pocketsphinx_continuous');
  const lineByLine = await tools.findProgram('stdbuf');
  if (program === null) return 'pocketsphinx is not installed';
  for (const folder of folders) {
    if (!(await hasModel(folder))) continue;
    return {
      name: 'pocketsphinx',
      languages: ['en'],
      maxChunkMs,
      recognise: (request) => recognise(tools, { program, lineByLine, folder }, request),
    };
  }
  return 'pocketsphinx has no English model (on Debian: pocketsphinx-en-us)';
}

async function hasModel(folder: string): Promise<boolean> {
  const found = await Promise.allSettled(Object.values(model).map((name) => access(join(folder, name))));
  return found.every(({ status }) => status === 'fulfilled');
}

interface Installed {
  program: string;
  /** Into a pipe it would print all at the end, and tell no progress: coreutils' stdbuf mends that, where it is. */
  lineByLine: string | null;
  folder: string;
}

async function recognise(
  tools: ProgramRunner,
  { program, lineByLine, folder }: Installed,
  { audioPath, durationMs, signal, onProgress }: RecogniseRequest,
) {
  const output = new PocketsphinxOutput(durationMs);
  let shown = 0;
  try {
    await tools.runProgram({
      command: lineByLine ?? program,
      args: [
        ...(lineByLine === null ? [] : ['-oL', program]),
        ...['-hmm', join(folder, model.sounds), '-dict', join(folder, model.dictionary)],
        ...['-lm', join(folder, model.language), ...patience, '-infile', audioPath, '-time', 'yes'],
      ],
      // It takes a fifth to a half of real time; a busy machine is given twenty times that.
      deadlineMs: 120_000 + 10 * durationMs,
      signal,
      onStdout: (chunk) => {
        output.push(chunk);
        const fraction = Math.min(1, output.positionMs / Math.max(1, durationMs));
        if (fraction > shown) onProgress(fraction);
        shown = Math.max(shown, fraction);
      },
    });
  } catch (error) {
    throw asEngineFailure(error);
  }
  if (shown < 1) onProgress(1);
  return segmentsOfWords(output.words);
}

function asEngineFailure(error: unknown): unknown {
  if (!(error instanceof ProcessFailed)) return error;
  if (error.failure === 'deadline')
    return new EngineFailure('timeout', 'pocketsphinx took too long', { cause: error });
  const said = {
    exit: 'pocketsphinx could not read the sound',
    spawn: 'pocketsphinx could not be started',
    killed: 'pocketsphinx was ended from outside, perhaps for want of memory',
    stopped: 'pocketsphinx was ended because the program stops',
    output: 'pocketsphinx failed',
  }[error.failure];
  return new EngineFailure('tool-failed', said, { cause: error, isFinal: error.failure === 'exit' });
}
