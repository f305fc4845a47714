import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assembleFile, readFromPieces, slicePieces } from './assembled-file.ts';
import { type BodyPart, sendFile } from './send-file.ts';

const CONTENT = Buffer.from(Array.from({ length: 500 }, (_, i) => i % 251));
const SOURCE = {
  path: '/nowhere',
  sizeBytes: CONTENT.length,
  modifiedAt: new Date(0),
  etag: '"source"',
  mimeType: 'audio/mp4',
};

const pieceOf: fc.Arbitrary<BodyPart> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes): BodyPart => ({ kind: 'literal', bytes: Buffer.from(bytes) })),
  fc
    .tuple(fc.nat({ max: 499 }), fc.nat({ max: 60 }))
    .map(([start, more]): BodyPart => ({ kind: 'file', start, end: Math.min(499, start + more) })),
);
const bytesOf = (parts: readonly BodyPart[]) =>
  Buffer.concat(
    parts.map((part) => (part.kind === 'literal' ? part.bytes : CONTENT.subarray(part.start, part.end + 1))),
  );

describe('a thing made of pieces', () => {
  test('is cut like the bytes it stands for', () => {
    fc.assert(
      fc.property(
        fc.array(pieceOf, { maxLength: 6 }),
        fc.nat({ max: 400 }),
        fc.nat({ max: 400 }),
        (pieces, start, more) => {
          const whole = bytesOf(pieces);
          const sliced = bytesOf(slicePieces(pieces, start, start + more));
          expect(sliced.equals(whole.subarray(start, start + more + 1))).toBe(true);
        },
      ),
    );
  });

  test('answers ranges, several at once too, of itself and not of its file', () => {
    const pieces: BodyPart[] = [
      { kind: 'literal', bytes: Buffer.from('head') },
      { kind: 'file', start: 100, end: 399 },
    ];
    const file = assembleFile(SOURCE, pieces, { ...SOURCE, etag: '"whole"' });
    expect(file.sizeBytes).toBe(304);
    const reply = sendFile({ method: 'GET', headers: { range: 'bytes=2-5,300-' }, file });
    expect(reply.status).toBe(206);
    if (!reply.body) throw new Error('there is no body');
    const body = readFromPieces(reply.body, file);
    expect(body.file).toBe(SOURCE);
    const text = bytesOf(body.parts).toString('latin1');
    expect(text.length).toBe(Number(reply.headers['content-length']));
    expect(text).toContain(
      `content-range: bytes 2-5/304\r\n\r\nad${CONTENT.toString('latin1', 100, 102)}\r\n`.replace(
        'content-range',
        'Content-Range',
      ),
    );
    expect(text).toContain(CONTENT.toString('latin1', 396, 400));
  });
});
