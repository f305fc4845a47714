import type { Tx } from '../../../kernel/db/db.ts';
import type { FormPart } from '../../../kernel/http/form-parts.ts';
import { Problem } from '../../../kernel/http/problem.ts';
import { newId } from '../../../kernel/id.ts';
import { MediaError, type MediaInfo } from '../../../kernel/media/tools.ts';
import { codeOf } from '../../../kernel/reason-of.ts';
import { StorageFullError } from '../../../kernel/storage/errors.ts';
import type { CommittedFile, Draft } from '../../../kernel/storage/storage.ts';
import { brokenFile, notAudio, storageFull } from '../errors.ts';
import { asSentence } from '../extraction/extraction-failure.ts';
import { toFacts } from '../extraction/probed-facts.ts';
import { queueNewRecording } from '../extraction/request-extraction.ts';
import { newFileKey } from '../keeping/file-keys.ts';
import { assertRoom, draftWithin } from '../keeping/quota.ts';
import type { MediaContext } from '../media-context.ts';
import { titleFromFilename } from '../names.ts';
import type { Recording } from '../recording.ts';
import type { NewRecording } from '../recording-repo.ts';
import { readUploadForm, type UploadedForm } from './upload-form.ts';

/** Long files without an index are measured by decoding; past this the worker does it. */
const PROBE_MS = 15_000;
/** A form is larger than its file, by no more than this. */
const MOST_FORM_BYTES = 65_536;

/** For whom a file is taken; `personId` null when a command on the server did it. */
export interface Uploader {
  organisationId: string;
  personId: string | null;
}

/** What the caller adds in the transaction that adds the recording: both or none. */
export type Alongside = (tx: Tx, recording: Recording) => Promise<void>;

/**
 * Takes a form's file. Answers only when the bytes are on the disk and the row and its job are committed; anything
 * less leaves nothing behind but, after a crash in between, a file that the sweep removes.
 */
export async function uploadRecording(
  context: MediaContext,
  uploader: Uploader,
  parts: AsyncIterable<FormPart>,
  expectedBytes: number,
  alongside: Alongside = async () => {},
): Promise<Recording> {
  const { storage } = context.kernel;
  let draft: Draft | undefined;
  try {
    const fileBytes = Math.max(1, expectedBytes - MOST_FORM_BYTES);
    const room = await assertRoom(context.kernel.db.kysely, uploader.organisationId, fileBytes, {
      besideComing: true,
    });
    draft = draftWithin(room, await storage.create({ expectedBytes }));
    const form = await readUploadForm(parts, draft, context.kernel.config.uploadMaxBytes);
    const info = await probeSoon(context, draft.path);
    const id = newId();
    const file = await draft.commit(newFileKey(uploader.organisationId, id, 'original'));
    const wanted = toNewRecording(context, uploader, id, form, file, info);
    return await keepOrRemove(context, uploader, wanted, alongside);
  } catch (error) {
    await draft?.abandon();
    if (error instanceof StorageFullError) {
      throw storageFull(
        'There is no room left for this file. Nothing of it was kept; tell the administrator.',
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

async function keepOrRemove(
  context: MediaContext,
  { organisationId }: Uploader,
  wanted: NewRecording & { original: { originalKey: string } },
  alongside: Alongside,
): Promise<Recording> {
  const { db, storage } = context.kernel;
  try {
    return await db.transaction(async (tx) => {
      const queued = await queueNewRecording(tx, context, organisationId, wanted);
      if (!queued) throw new Error('an upload has no address, so none can be taken');
      await alongside(tx, queued.recording);
      return queued.recording;
    });
  } catch (error) {
    // A commit whose answer was lost may have happened: removing the file then would break an existing recording.
    if (!isCommitUncertain(error)) await storage.remove(wanted.original.originalKey).catch(() => undefined);
    throw error;
  }
}

/**
 * The server's own errors carry a SQLSTATE, five characters with a digit among them (unlike EPIPE), and mean "rolled
 * back"; a lost connection means anything.
 */
function isCommitUncertain(error: unknown): boolean {
  if (error instanceof Problem) return false;
  const code = codeOf(error) ?? '';
  return !/^(?=.*\d)[0-9A-Z]{5}$/.test(code) || /^(08|57P)/.test(code);
}

/** What the file is, when that can be told quickly; refuses what is plainly no sound. */
export async function probeSoon({ kernel, log }: MediaContext, path: string): Promise<MediaInfo | null> {
  try {
    return await kernel.media.probe(path, { signal: AbortSignal.timeout(PROBE_MS) });
  } catch (error) {
    if (error instanceof MediaError) {
      if (['not-audio', 'no-audio-stream', 'hostile'].includes(error.failure)) {
        throw notAudio(asSentence(error.message), { cause: error });
      }
      if (error.failure === 'broken') throw brokenFile(asSentence(error.message), { cause: error });
    }
    // The worker tries again with more time, and says what is wrong in the recording itself.
    log.info({ err: error }, 'an upload could not be probed at once');
    return null;
  }
}

/** The row of a file that was taken; `info` null leaves probing to the worker. */
export function toNewRecording(
  { defaults }: MediaContext,
  uploader: Uploader,
  id: string,
  form: UploadedForm,
  file: CommittedFile,
  info: MediaInfo | null,
) {
  return {
    id,
    title:
      form.title ??
      (form.filename && titleFromFilename(form.filename)) ??
      info?.tags.title?.slice(0, 200) ??
      'Untitled',
    language: form.language,
    visibility: 'private' as const,
    source: 'upload' as const,
    sourceUrl: null,
    stage: info ? ('encode' as const) : ('probe' as const),
    wantedFormat: defaults.format,
    wantedQuality: defaults.quality,
    priority: 'normal' as const,
    createdBy: uploader.personId,
    original: {
      originalKey: file.key,
      filename: form.filename,
      sizeBytes: file.sizeBytes,
      sha256: file.sha256,
      ...(info ? toFacts(info) : {}),
    },
  };
}
