import { cleanLine } from '../../kernel/clean-line.ts';
import type { FormPart } from '../../kernel/http/form-parts.ts';
import { Problem } from '../../kernel/http/problem.ts';
import { bodyReader } from '../../kernel/http/validation.ts';
import { notAudio } from './errors.ts';
import {
  type Asker,
  addTranscription,
  languageOf,
  refuseUnknown,
  refuseWithoutEngine,
  type Wish,
} from './request-transcription.ts';
import { WishFields } from './schemas.ts';
import type { Transcription } from './transcription.ts';
import type { TranscriptionContext } from './transcription-context.ts';

const readWish = bodyReader(WishFields);
const SWITCHES = new Set(['use_vad', 'diarization', 'enrichment', 'text_correction']);

/** A form's file goes the way of every upload; the transcription of it is committed with its recording. */
export async function requestUpload(
  context: TranscriptionContext,
  asker: Asker,
  parts: AsyncIterable<FormPart>,
  expectedBytes: number,
): Promise<Transcription> {
  let wish: Wish = {};
  let added: Transcription | undefined;
  /** What is wrong with the fields is said before anything of the file is kept. */
  async function* watched(): AsyncGenerator<FormPart> {
    const fields = new Map<string, unknown>();
    for await (const part of parts) {
      if (part.kind === 'field' && Object.hasOwn(WishFields.properties, part.name)) {
        fields.set(part.name, part.value);
      }
      yield part;
    }
    wish = toWish(fields);
    await refuseUnknown(context, asker, wish);
    await refuseWithoutEngine(context, languageOf(context, { language: null }, wish));
  }
  await context.media
    .uploadForm(asker, watched(), expectedBytes, async (tx, recording) => {
      added = await addTranscription(tx, context, asker, recording, wish);
    })
    .catch((error: unknown) => {
      throw inOurWords(error);
    });
  if (!added) throw new Error('an upload ended without its transcription');
  return added;
}

/** Forms send text, and empty fields where a person chose nothing. */
function toWish(fields: ReadonlyMap<string, unknown>): Wish {
  const given: Record<string, unknown> = {};
  for (const [name, value] of fields) {
    if (value === '') continue;
    given[name] = SWITCHES.has(name) ? switchOf(value) : value;
  }
  return wishOf(readWish(given));
}

function switchOf(value: unknown): unknown {
  const word = String(value).trim().toLowerCase();
  if (['true', '1', 'on', 'yes'].includes(word)) return true;
  return ['false', '0', 'off', 'no'].includes(word) ? false : value;
}

/** The wish that a body's fields amount to. */
export function wishOf(fields: WishFields): Wish {
  return {
    projectName: clean(fields.project_name),
    language: fields.language,
    model: clean(fields.whisper_model),
    initialPrompt: clean(fields.initial_prompt),
    useVad: fields.use_vad,
    priority: fields.priority,
  };
}

const clean = (text: string | undefined): string | undefined => cleanLine(text ?? '') || undefined;

const NOT_AUDIO = new Set(['media.not-audio', 'media.broken-file', 'media.empty-file']);

/** Here the contract says 400 for what is no sound. */
function inOurWords(error: unknown): unknown {
  if (!(error instanceof Problem) || !NOT_AUDIO.has(error.code)) return error;
  return notAudio(error.message, { cause: error });
}
