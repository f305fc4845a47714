import { parse } from 'content-disposition';
import { describe, expect, test } from 'vitest';
import { contentDisposition } from './disposition.ts';
import { accelUri, partLength, type SendFileRequest, sendFile } from './send-file.ts';

const file = {
  path: '/nowhere/it-is-never-opened',
  sizeBytes: 10_000,
  modifiedAt: new Date('2026-03-14T15:09:26.535Z'),
  etag: '"abc"',
  mimeType: 'audio/mpeg',
};
const lastModified = 'Sat, 14 Mar 2026 15:09:26 GMT';

const ask = (headers: Record<string, string> = {}, options: Partial<SendFileRequest> = {}) =>
  sendFile({ method: 'GET', headers, file, ...options });

describe('the whole file', () => {
  test('GET', () => {
    const reply = ask({}, { cacheControl: 'private, max-age=60' });
    expect(reply.status).toBe(200);
    expect(reply.headers).toEqual({
      'cache-control': 'private, max-age=60',
      etag: '"abc"',
      'last-modified': lastModified,
      'accept-ranges': 'bytes',
      'content-type': 'audio/mpeg',
      'content-length': '10000',
    });
    expect(reply.body?.parts).toEqual([{ kind: 'file', start: 0, end: 9999 }]);
  });

  test('HEAD has the same headers, no body, and no ranges (RFC 9110 §14.2)', () => {
    const head = ask({ range: 'bytes=0-1' }, { method: 'HEAD' });
    expect(head).toEqual({ ...ask(), body: null });
  });

  test('an empty file is an empty 200, with a Range too', () => {
    const empty = { ...file, sizeBytes: 0 };
    for (const range of ['bytes=0-', 'bytes=-5']) {
      const reply = ask({ range }, { file: empty });
      expect(reply.status).toBe(200);
      expect(reply.headers['content-length']).toBe('0');
      expect(reply.body?.parts).toEqual([]);
    }
  });
});

describe('ranges', () => {
  test('one', () => {
    const reply = ask({ range: 'bytes=100-199' });
    expect(reply.status).toBe(206);
    expect(reply.headers).toMatchObject({
      'content-range': 'bytes 100-199/10000',
      'content-length': '100',
      'content-type': 'audio/mpeg',
      etag: '"abc"',
      'accept-ranges': 'bytes',
    });
    expect(reply.body?.parts).toEqual([{ kind: 'file', start: 100, end: 199 }]);
  });

  test('several make a multipart body of exactly the announced length', () => {
    const reply = ask({ range: 'bytes=0-9,5000-5009,-10' });
    expect(reply.status).toBe(206);
    expect(reply.headers['content-range']).toBeUndefined();
    const boundary = /^multipart\/byteranges; boundary=(\w{1,70})$/.exec(
      reply.headers['content-type'] ?? '',
    )?.[1];
    const parts = reply.body?.parts ?? [];
    const wire = parts.map((part) =>
      part.kind === 'literal' ? part.bytes.toString() : `<${part.start}-${part.end}>`,
    );
    const head = (range: string) => `Content-Type: audio/mpeg\r\nContent-Range: bytes ${range}/10000\r\n\r\n`;
    expect(wire.join('')).toBe(
      `--${boundary}\r\n${head('0-9')}<0-9>\r\n--${boundary}\r\n${head('5000-5009')}<5000-5009>` +
        `\r\n--${boundary}\r\n${head('9990-9999')}<9990-9999>\r\n--${boundary}--\r\n`,
    );
    expect(reply.headers['content-length']).toBe(
      String(parts.reduce((sum, part) => sum + partLength(part), 0)),
    );
  });

  test('several that join into one are a plain 206', () => {
    expect(ask({ range: 'bytes=0-99,50-199' }).headers['content-range']).toBe('bytes 0-199/10000');
  });

  test('out of reach', () => {
    const reply = ask({ range: 'bytes=10000-' }, { cacheControl: 'public' });
    expect(reply).toEqual({
      status: 416,
      headers: { 'accept-ranges': 'bytes', 'content-range': 'bytes */10000' },
      body: null,
    });
  });

  test.each<[string, number]>([
    ['"abc"', 206],
    ['"old"', 200],
    ['W/"abc"', 200],
    [lastModified, 206],
    ['Sat, 14 Mar 2026 15:09:25 GMT', 200],
  ])('If-Range %s → %i', (ifRange, status) => {
    const nowMs = file.modifiedAt.getTime() + 60_000;
    expect(ask({ range: 'bytes=0-1', 'if-range': ifRange }, { nowMs }).status).toBe(status);
    // A failed If-Range hides an unsatisfiable range too.
    expect(ask({ range: 'bytes=99999-', 'if-range': ifRange }, { nowMs }).status).toBe(
      status === 206 ? 416 : 200,
    );
  });

  test('If-Range without Range means nothing', () => {
    expect(ask({ 'if-range': '"old"' }).status).toBe(200);
  });
});

describe('conditions come before ranges', () => {
  test.each<[Record<string, string>, number]>([
    [{ 'if-none-match': '"abc"', range: 'bytes=0-1' }, 304],
    [{ 'if-none-match': '"abc"', range: 'bytes=99999-' }, 304],
    [{ 'if-match': '"x"', range: 'bytes=0-1' }, 412],
    [{ 'if-none-match': '"x"', range: 'bytes=0-1' }, 206],
  ])('%j → %i', (headers, status) => {
    expect(ask(headers).status).toBe(status);
  });

  test('304 carries validators and nothing about a body (§15.4.5)', () => {
    const reply = ask({ 'if-none-match': '"abc"' }, { cacheControl: 'public, max-age=9' });
    expect(reply.headers).toEqual({
      etag: '"abc"',
      'last-modified': lastModified,
      'cache-control': 'public, max-age=9',
    });
    expect(reply.body).toBeNull();
  });
});

describe('behind nginx', () => {
  test('nginx decides on conditions and ranges; it gets the place, the type and the name', () => {
    const headers = { range: 'bytes=0-1', 'if-match': '"nginx-made-this"' };
    const disposition = { type: 'attachment' as const, filename: 'a.mp3' };
    const reply = ask(headers, { accelUri: '/_files/a/b.mp3', disposition, cacheControl: 'private' });
    expect(reply).toEqual({
      status: 200,
      headers: {
        'x-accel-redirect': '/_files/a/b.mp3',
        'content-type': 'audio/mpeg',
        'content-disposition': 'attachment; filename=a.mp3',
        'cache-control': 'private',
      },
      body: null,
    });
  });

  test.each([
    ['/_files', 'a/b.mp3', '/_files/a/b.mp3'],
    ['/_files/', 'a/b.mp3', '/_files/a/b.mp3'],
    ['/_files/', 'a b/é%?#.mp3', '/_files/a%20b/%C3%A9%25%3F%23.mp3'],
  ])('accelUri(%s, %s)', (prefix, path, uri) => {
    expect(accelUri(prefix, path)).toBe(uri);
  });
});

describe('contentDisposition', () => {
  test.each([
    ['Séance du 3 mai.mp3', 'Seance du 3 mai.mp3'],
    ['日本.mp3', '_.mp3'],
    ['a"b\\c/d.mp3', 'a_b_c_d.mp3'],
    ['100 %.mp3', '100 _.mp3'],
    ['x\r\nSet-Cookie: a=b.mp3', 'x_Set-Cookie: a=b.mp3'],
    ['\ud800.mp3', '_.mp3'],
    ['', 'file'],
  ])('%j falls back to %j', (filename, fallback) => {
    const header = contentDisposition('attachment', filename);
    expect(header).toMatch(/^[\x20-\x7e]+$/);
    const plain = parse(header, { extended: false });
    expect([plain.type, plain.parameters.filename]).toEqual(['attachment', fallback]);
  });

  test('the full name comes back from filename*', () => {
    expect(parse(contentDisposition('inline', 'Séance – n° 1.mp3')).parameters.filename).toBe(
      'Séance – n° 1.mp3',
    );
    expect(contentDisposition('inline')).toBe('inline');
  });
});
