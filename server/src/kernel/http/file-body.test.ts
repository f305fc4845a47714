import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BlockReader, FileChangedError } from './block-reader.ts';
import { openBody, type SentBody } from './file-body.ts';
import { OpenFiles } from './open-files.ts';
import { type FileToSend, sendFile } from './send-file.ts';

const mebibyte = 1024 * 1024;
const bytes = randomBytes(5 * mebibyte + 12_345);
let folder: string;
let file: FileToSend;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-body-'));
  file = await fileOf('big.bin', bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(name: string, content: Buffer): Promise<FileToSend> {
  const path = join(folder, name);
  await writeFile(path, content);
  const { size, mtime } = await stat(path);
  return { path, sizeBytes: size, modifiedAt: mtime, etag: `"${name}"`, mimeType: 'audio/mpeg' };
}

async function readBack(blocks: BlockReader, range?: string, of: FileToSend = file): Promise<Buffer> {
  const reply = sendFile({ method: 'GET', headers: range === undefined ? {} : { range }, file: of });
  if (!reply.body) throw new Error(`no body: ${reply.status}`);
  const body = await openBody(reply.body, blocks);
  const sink = new PassThrough();
  // Copied as they come: the buffers are used again.
  const [read, sent] = await Promise.all([buffer(copying(sink)), body.streamTo(sink)]);
  expect(sent).toEqual({ complete: true, bytesSent: read.length });
  return read;
}

async function* copying(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  for await (const chunk of source) yield Buffer.from(chunk);
}

/** Nothing open, nothing on loan: what is not cached is spare. */
function expectAllReturned(blocks: BlockReader): void {
  expect(blocks.held).toMatchObject({ openFiles: 0, loans: 0 });
}

describe('bytes', () => {
  const readers: [string, BlockReader][] = [
    ['cached', new BlockReader()],
    ['with a cache of two blocks', new BlockReader({ cacheBytes: 2 * mebibyte })],
    ['without a cache', new BlockReader({ cacheBytes: 0 })],
    ['with memory for one block', new BlockReader({ cacheBytes: 0, budgetBytes: mebibyte })],
  ];
  describe.each(readers)('%s', (_name, blocks) => {
    test('the whole file', async () => {
      expect((await readBack(blocks)).equals(bytes)).toBe(true);
      expect((await readBack(blocks)).equals(bytes)).toBe(true);
      expectAllReturned(blocks);
    });

    test('any range equals the slice', async () => {
      const edge = fc.oneof(
        fc.nat(bytes.length - 1),
        fc.constantFrom(0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 3 * mebibyte, bytes.length - 1),
      );
      await fc.assert(
        fc.asyncProperty(edge, edge, async (a, b) => {
          const [first, last] = a < b ? [a, b] : [b, a];
          const read = await readBack(blocks, `bytes=${first}-${last}`);
          expect(read.equals(bytes.subarray(first, last + 1))).toBe(true);
        }),
        { numRuns: 60 },
      );
      expectAllReturned(blocks);
    });

    test('many at once', async () => {
      const all = await Promise.all(
        Array.from({ length: 12 }, (_, n) => readBack(blocks, `bytes=${n * 300_000}-`)),
      );
      for (const [n, read] of all.entries()) expect(read.equals(bytes.subarray(n * 300_000))).toBe(true);
      expectAllReturned(blocks);
    });
  });

  test('a multipart body can be taken apart into the slices', async () => {
    const read = await readBack(new BlockReader(), 'bytes=0-99,2000000-2000099');
    expect(read.includes(bytes.subarray(0, 100))).toBe(true);
    expect(read.includes(bytes.subarray(2_000_000, 2_000_100))).toBe(true);
  });

  test('a file replaced under the same name is read anew', async () => {
    const blocks = new BlockReader();
    const before = await fileOf('replaced.bin', Buffer.alloc(1000, 1));
    expect(await readBack(blocks, undefined, before)).toEqual(Buffer.alloc(1000, 1));
    await rm(String(before.path));
    const after = { ...(await fileOf('replaced.bin', Buffer.alloc(1000, 2))), etag: '"second"' };
    expect(await readBack(blocks, undefined, after)).toEqual(Buffer.alloc(1000, 2));
  });

  test('memory stays within the budget however many read', async () => {
    const blocks = new BlockReader({ cacheBytes: 2 * mebibyte, budgetBytes: 4 * mebibyte });
    const files = await Promise.all(Array.from({ length: 8 }, (_, n) => fileOf(`f${n}`, bytes)));
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, blocks.held.blockBytes);
    }, 1);
    const all = await Promise.all(files.map((of) => readBack(blocks, undefined, of)));
    clearInterval(watch);
    for (const read of all) expect(read.equals(bytes)).toBe(true);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4 * mebibyte);
  });
});

describe('over HTTP', () => {
  let server: Server;
  let blocks: BlockReader;
  let results: Promise<SentBody>[];
  let beforeSend: (response: ServerResponse) => Promise<void>;
  let serve: FileToSend;

  beforeEach(async () => {
    blocks = new BlockReader();
    results = [];
    beforeSend = async () => undefined;
    serve = file;
    server = createServer((request, response) => {
      const answered = answer(request, response);
      answered.catch(() => undefined);
      results.push(answered);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<SentBody> {
    const reply = sendFile({ method: 'GET', headers: request.headers, file: serve });
    if (!reply.body) throw new Error('no body');
    const body = await openBody(reply.body, blocks);
    await beforeSend(response);
    response.writeHead(reply.status, reply.headers);
    return body.streamTo(response);
  }

  const address = () => ({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });

  async function result(index = 0): Promise<SentBody> {
    await vi.waitFor(() => expect(results.length).toBeGreaterThan(index), { timeout: 5000 });
    const found = results[index];
    if (!found) throw new Error('no request came');
    return found;
  }

  async function request(headers: Record<string, string> = {}, agent?: Agent): Promise<IncomingMessage> {
    const [response] = await once(get({ ...address(), headers, agent }), 'response');
    return response;
  }

  test('arrives whole, and the connection is used again', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let n = 0; n < 3; n++) {
      expect((await buffer(await request({}, agent))).equals(bytes)).toBe(true);
      expect(await result(n)).toEqual({ complete: true, bytesSent: bytes.length });
    }
    agent.destroy();
    expectAllReturned(blocks);
  });

  test('a client that leaves stops the reading and gives everything back', async () => {
    const response = await request();
    await once(response, 'data');
    response.destroy();
    const sent = await result();
    expect(sent.complete).toBe(false);
    expect(sent.bytesSent).toBeLessThan(bytes.length);
    await vi.waitFor(() => expectAllReturned(blocks));
  });

  test('a client that left before the first byte costs nothing', async () => {
    const socket = connect(address());
    const left = Promise.withResolvers<void>();
    beforeSend = async (response) => {
      socket.destroy();
      await once(response.req.socket, 'close');
      left.resolve();
    };
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await left.promise;
    expect(await result()).toEqual({ complete: false, bytesSent: 0 });
    expectAllReturned(blocks);
  });

  test('pipelined requests are answered in turn, and a leaver frees those that wait', async () => {
    const socket = connect(address());
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2));
    await vi.waitFor(() => expect(results).toHaveLength(2));
    socket.destroy();
    const ends = await Promise.all([result(0), result(1)]);
    expect(ends.map(({ complete }) => complete)).toEqual([false, false]);
    await vi.waitFor(() => expectAllReturned(blocks));
  });

  test('a client that stops reading is dropped by the server time-out', async () => {
    server.timeout = 300;
    serve = await fileOf('large.bin', randomBytes(24 * mebibyte));
    const socket = connect(address());
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const sent = await result();
    expect(sent.complete).toBe(false);
    expect(sent.bytesSent).toBeLessThan(serve.sizeBytes);
    socket.destroy();
    expectAllReturned(blocks);
  });

  test('a file cut short meanwhile ends the connection instead of sending anything else', async () => {
    serve = await fileOf('cut.bin', bytes);
    beforeSend = () => truncate(String(serve.path), 2 * mebibyte + 5);
    const response = await request();
    expect(response.headers['content-length']).toBe(String(bytes.length));
    const received: Buffer[] = [];
    response.on('data', (chunk: Buffer) => received.push(chunk));
    await expect(once(response, 'end')).rejects.toThrow('aborted');
    await expect(result()).rejects.toBeInstanceOf(FileChangedError);
    const got = Buffer.concat(received);
    expect(got.equals(bytes.subarray(0, got.length))).toBe(true);
    expect(got.length).toBeLessThanOrEqual(2 * mebibyte + 5);
    await vi.waitFor(() => expectAllReturned(blocks));
  });
});

describe('opening', () => {
  test('a file of another size, or none, is refused before anything is sent', async () => {
    const blocks = new BlockReader();
    const parts = [{ kind: 'file' as const, start: 0, end: 9 }];
    const shrunk = { ...file, sizeBytes: file.sizeBytes + 1 };
    await expect(openBody({ file: shrunk, parts }, blocks)).rejects.toBeInstanceOf(FileChangedError);
    const absent = { ...file, path: join(folder, 'absent') };
    await expect(openBody({ file: absent, parts }, blocks)).rejects.toThrow('ENOENT');
    expectAllReturned(blocks);
  });

  test('readers of one version share a descriptor, which stays a little and then goes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const files = new OpenFiles();
      const uses = await Promise.all([1, 2, 3].map(() => files.use(file.path, 'v1')));
      expect([files.open, files.inUse, new Set(uses.map(({ fd }) => fd)).size]).toEqual([1, 3, 1]);
      const other = await files.use(file.path, 'v2');
      expect(other.fd).not.toBe(uses[0]?.fd);
      for (const { release } of [...uses, other]) release();
      expect([files.open, files.inUse]).toEqual([2, 0]);
      vi.advanceTimersByTime(9_000);
      const again = await files.use(file.path, 'v1');
      expect(again.fd).toBe(uses[0]?.fd);
      vi.advanceTimersByTime(9_000);
      expect(files.open).toBe(1);
      files.close();
      expect(files.open).toBe(1);
      again.release();
      expect(files.open).toBe(0);
      await new Promise((resolve) => setImmediate(resolve));
      await expect(again.fd.readFully(Buffer.alloc(1), 1, 0)).rejects.toThrow('closed');
    } finally {
      vi.useRealTimers();
    }
  });

  test('no more than so many wait idle, and one that cannot be opened is not remembered', async () => {
    const files = new OpenFiles();
    for (let n = 0; n < 200; n++) (await files.use(file.path, String(n))).release();
    expect(files.open).toBe(128);
    files.close();
    expect(files.open).toBe(0);
    const late = join(folder, 'late');
    await expect(files.use(late, 'v')).rejects.toThrow('ENOENT');
    await writeFile(late, 'now');
    const use = await files.use(late, 'v');
    expect([use.sizeBytes, files.inUse]).toEqual([3, 1]);
    use.release();
  });

  test('closing twice, and closing while a read is under way, close the descriptor once', async () => {
    const blocks = new BlockReader();
    const opened = await blocks.open(file.path, file.etag);
    const reading = opened.read(0, mebibyte);
    opened.close();
    opened.close();
    blocks.close();
    // A descriptor closed twice would close this one's number behind its back.
    const stranger = await open(String(file.path));
    (await reading).release();
    await vi.waitFor(() => expect(blocks.held.openFiles).toBe(0));
    expect((await stranger.stat()).size).toBe(bytes.length);
    await stranger.close();
    await expect(opened.read(4 * mebibyte, 1)).rejects.toThrow('closed');
  });
});
