import { Check, Errors } from 'typebox/value';
import { cleanLine } from '../../../kernel/clean-line.ts';
import type { FormPart } from '../../../kernel/http/form-parts.ts';
import { validationFailed } from '../../../kernel/http/problem.ts';
import type { Draft } from '../../../kernel/storage/storage.ts';
import { emptyFile, notAudio, uploadTooLarge } from '../errors.ts';
import { plainlyNotMedia, SNIFF_BYTES } from '../extraction/sniff.ts';
import { cleanFilename } from '../names.ts';
import { UploadFields } from '../schemas.ts';

/** A form whose file is in the draft, its fields checked and cleaned. */
export interface UploadedForm {
  filename: string | null;
  title: string | null;
  language: string | null;
}

/** Streams the file into the draft and checks the rest; throws the problem that the client reads. */
export async function readUploadForm(
  parts: AsyncIterable<FormPart>,
  draft: Draft,
  mostBytes: number,
): Promise<UploadedForm> {
  const fields: Record<string, unknown> = {};
  let filename: string | null | undefined;
  for await (const part of parts) {
    if (part.kind === 'file' && part.name === 'file') {
      filename = cleanFilename(part.filename);
      await receiveFile(part.chunks, draft, mostBytes);
    } else if (part.kind === 'file') {
      throw missingFile();
    } else if (part.name === 'title' || part.name === 'language') {
      fields[part.name] = part.value;
    }
  }
  if (filename === undefined) throw missingFile();
  return { filename, ...checkFields(fields) };
}

/** Bytes go to the disk as they come; the first ones are looked at before the rest is taken. */
async function receiveFile(
  chunks: AsyncIterable<Uint8Array>,
  draft: Draft,
  mostBytes: number,
): Promise<void> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head !== null) {
      head = Buffer.concat([head, chunk.subarray(0, SNIFF_BYTES)]);
      if (head.length >= SNIFF_BYTES) {
        refuseOtherKinds(head);
        head = null;
      }
    }
    if (draft.bytesWritten + chunk.length > mostBytes) {
      throw uploadTooLarge(`Files of up to ${mostBytes} bytes are taken here; this one is longer.`);
    }
    await draft.write(chunk);
  }
  if (draft.bytesWritten === 0) throw emptyFile('The file has no bytes; choose another one.');
  if (head !== null) refuseOtherKinds(head);
}

/** Throws `media.not-audio` for what is plainly something else, from its first bytes. */
export function refuseOtherKinds(head: Uint8Array): void {
  const kind = plainlyNotMedia(head);
  if (kind !== null) throw notAudio(`This file is ${kind}, neither audio nor video.`);
}

function missingFile() {
  return validationFailed('The form needs one file, in the field `file`.', {
    errors: [{ field: 'file', message: 'must be one file' }],
  });
}

/** The fields that go with a file, cleaned; throws 422 that names the one that does not fit. */
export function checkFields(fields: Record<string, unknown>): {
  title: string | null;
  language: string | null;
} {
  // Forms send empty fields where a person typed nothing.
  const given = Object.fromEntries(
    Object.entries(fields)
      .map(([name, value]) => [name, typeof value === 'string' ? cleanLine(value) : value])
      .filter(([, value]) => value !== ''),
  );
  if (Check(UploadFields, given)) return { title: given.title ?? null, language: given.language ?? null };
  const errors = Errors(UploadFields, given).map(({ instancePath, message }) => ({
    field: instancePath.slice(1),
    message,
  }));
  throw validationFailed(`${errors[0]?.field ?? 'A field'} ${errors[0]?.message ?? 'does not fit'}.`, {
    errors,
  });
}
