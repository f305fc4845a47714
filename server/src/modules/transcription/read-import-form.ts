import type { FormPart } from '../../kernel/http/form-parts.ts';
import { validationFailed } from '../../kernel/http/problem.ts';
import { bodyReader } from '../../kernel/http/validation.ts';
import { badTranscript, fileTooLarge } from './errors.ts';
import { parseTranscript } from './formats/parse-transcript.ts';
import {
  largestTranscriptBytes,
  type TranscriptFile,
  TranscriptFileFault,
} from './formats/transcript-file.ts';
import { ImportFields } from './schemas.ts';

const readFields = bodyReader(ImportFields);

/** A form with a transcript in it: read whole, since it is small, and understood before anything is kept. */
export async function readImportForm(
  parts: AsyncIterable<FormPart>,
): Promise<{ file: TranscriptFile; language?: string | undefined }> {
  let found: { bytes: Uint8Array; filename: string; mimeType: string } | undefined;
  let language: unknown;
  for await (const part of parts) {
    if (part.kind === 'file') {
      if (part.name !== 'file') throw missingFile();
      const { filename, mimeType } = part;
      found = { bytes: await readWhole(part.chunks), filename, mimeType };
    } else if (part.name === 'language' && part.value !== '') {
      language = part.value;
    }
  }
  if (!found) throw missingFile();
  const fields = readFields(language === undefined ? {} : { language });
  return { ...fields, file: understand(found.bytes, found) };
}

async function readWhole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > largestTranscriptBytes) {
      const megabytes = largestTranscriptBytes / 1024 / 1024;
      throw fileTooLarge(`A transcript has ${megabytes} MB at most.`);
    }
    read.push(chunk);
  }
  return Buffer.concat(read);
}

/** What is wrong with a file, and in which line. */
export function understand(
  bytes: Uint8Array,
  hint: { filename?: string; mimeType?: string } = {},
): TranscriptFile {
  try {
    return parseTranscript(bytes, hint);
  } catch (error) {
    if (!(error instanceof TranscriptFileFault)) throw error;
    const sentence = /[.!?…]$/.test(error.message) ? error.message : `${error.message}.`;
    throw badTranscript(sentence, { cause: error, members: { line: error.line } });
  }
}

function missingFile() {
  return validationFailed('The form needs one file, in the field `file`.', {
    errors: [{ field: 'file', message: 'must be one file' }],
  });
}
