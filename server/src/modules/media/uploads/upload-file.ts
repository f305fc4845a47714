import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FormPart } from '../../../kernel/http/form-parts.ts';
import type { MediaContext } from '../media-context.ts';
import type { Recording } from '../recording.ts';
import { type Uploader, uploadRecording } from './upload-recording.ts';

/** A file of this machine that is to become a recording; it is copied and stays where it is. */
export interface LocalFile {
  path: string;
  /** As it is shown and offered for download. */
  filename: string;
  title: string;
  /** BCP 47 tag. */
  language: string;
}

/** Takes a file of this machine by the way that every upload goes. */
export async function uploadFile(
  context: MediaContext,
  uploader: Uploader,
  file: LocalFile,
): Promise<Recording> {
  const { size } = await stat(file.path);
  return uploadRecording(context, uploader, partsOf(file), size);
}

async function* partsOf({ path, filename, title, language }: LocalFile): AsyncIterable<FormPart> {
  yield { kind: 'field', name: 'title', value: title };
  yield { kind: 'field', name: 'language', value: language };
  yield { kind: 'file', name: 'file', filename, mimeType: '', chunks: createReadStream(path) };
}
