import { type BodyPart, type FileToSend, partLength, type SendFileReply } from './send-file.ts';

/** A thing made of stretches of one file and bytes between them, which ranges and conditions treat as a whole. */
export interface AssembledFile extends FileToSend {
  /** Length of all pieces together. */
  sizeBytes: number;
  pieces: readonly BodyPart[];
  /** The file that the stretches are read from. */
  source: FileToSend;
}

/** Joins pieces to one thing; `mimeType`, `etag` and `modifiedAt` are of the whole. */
export function assembleFile(
  source: FileToSend,
  pieces: readonly BodyPart[],
  whole: Pick<FileToSend, 'etag' | 'modifiedAt' | 'mimeType'>,
): AssembledFile {
  const sizeBytes = pieces.reduce((sum, piece) => sum + partLength(piece), 0);
  return { ...whole, path: source.path, sizeBytes, pieces, source };
}

/** A reply whose ranges of the whole are put in terms of the pieces. */
export function readFromPieces(
  body: NonNullable<SendFileReply['body']>,
  { pieces, source }: AssembledFile,
): NonNullable<SendFileReply['body']> {
  const parts = body.parts.flatMap((part) =>
    part.kind === 'literal' ? [part] : slicePieces(pieces, part.start, part.end),
  );
  return { file: source, parts };
}

/** Bytes `start` to `end`, both included, of all pieces in a row. */
export function slicePieces(pieces: readonly BodyPart[], start: number, end: number): BodyPart[] {
  const sliced: BodyPart[] = [];
  let before = 0;
  for (const piece of pieces) {
    const length = partLength(piece);
    const from = Math.max(0, start - before);
    const to = Math.min(length - 1, end - before);
    before += length;
    if (from > to) continue;
    sliced.push(
      piece.kind === 'literal'
        ? { kind: 'literal', bytes: piece.bytes.subarray(from, to + 1) }
        : { kind: 'file', start: piece.start + from, end: piece.start + to },
    );
  }
  return sliced;
}
