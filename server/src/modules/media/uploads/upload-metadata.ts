import { badUploadHeader } from '../errors.ts';
import { cleanFilename } from '../names.ts';
import { isBase64 } from './tus-headers.ts';
import { checkFields, type UploadedForm } from './upload-form.ts';

const MOST_CHARS = 8_192;
const KEY = /^[\x21-\x2b\x2d-\x7e]{1,100}$/;

/**
 * What Upload-Metadata says of the file: `filename` (or `name`, as some clients call it), `title`, `language`. Other
 * keys are let pass. Throws 400 for what is no such header, 422 for a field that does not fit.
 */
export function readMetadata(header: string | undefined): UploadedForm {
  const given = parseMetadata(header ?? '');
  const filename = given.get('filename') ?? given.get('name');
  return {
    filename: filename === undefined ? null : cleanFilename(filename),
    ...checkFields({ title: given.get('title') ?? '', language: given.get('language') ?? '' }),
  };
}

/** `key base64,key base64`, a value may be missing. */
function parseMetadata(header: string): Map<string, string> {
  if (header.length > MOST_CHARS) {
    throw badUploadHeader(`Upload-Metadata is longer than ${MOST_CHARS} characters.`);
  }
  const values = new Map<string, string>();
  for (const pair of header.split(',')) {
    if (pair.trim() === '') continue;
    const [key = '', value = '', ...more] = pair.trim().split(' ');
    if (!KEY.test(key) || more.length > 0 || !isBase64(value) || values.has(key)) {
      throw badUploadHeader('Upload-Metadata is pairs of a key and a base64 value, each key once.');
    }
    values.set(key, decode(key, value));
  }
  return values;
}

function decode(key: string, value: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'base64'));
  } catch (cause) {
    throw badUploadHeader(`The value of ${key} in Upload-Metadata is not UTF-8.`, { cause });
  }
}
