import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../net/free-port.ts';
import { BlockReader, FileChangedError } from './block-reader.ts';
import type { SentBody } from './file-body.ts';
import { replyWithFile } from './reply-with-file.ts';
import { accelUri, type FileToSend } from './send-file.ts';

const bytes = randomBytes(2_500_000);
let folder: string;
let file: FileToSend;
let app: FastifyInstance;
let origin: string;
const blocks = new BlockReader();
const sent: SentBody[] = [];
const responses: number[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reply-with-file-'));
  await chmod(folder, 0o755);
  const path = join(folder, 'a b.mp3');
  await writeFile(path, bytes);
  const { size, mtime } = await stat(path);
  file = { path, sizeBytes: size, modifiedAt: mtime, etag: '"abc"', mimeType: 'audio/mpeg' };
  app = Fastify();
  app.addHook('onRequest', async (_request, reply) => void reply.header('x-from-hook', 'yes'));
  app.addHook('onResponse', async (_request, reply) => void responses.push(reply.statusCode));
  const disposition = { type: 'attachment' as const, filename: 'Séance.mp3' };
  app.get('/file', async (request, reply) => {
    sent.push(await replyWithFile(request, reply, blocks, { file, disposition, cacheControl: 'private' }));
    return reply;
  });
  app.get('/gone', async (request, reply) => {
    try {
      await replyWithFile(request, reply, blocks, { file: { ...file, path: join(folder, 'gone') } });
    } catch (error) {
      if (error instanceof FileChangedError) throw error;
      reply.code(404);
      return { gone: true };
    }
    return reply;
  });
  app.get('/broken-header', async (request, reply) => {
    await replyWithFile(request, reply, blocks, { file, cacheControl: 'a\nb' }).catch(() => undefined);
    return reply;
  });
  app.get('/behind', async (request, reply) => {
    await replyWithFile(request, reply, blocks, {
      file,
      disposition,
      accelUri: accelUri('/_files/', 'a b.mp3'),
    });
    return reply;
  });
  origin = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const get = async (path: string, headers: Record<string, string> = {}, method = 'GET', from = origin) => {
  const response = await fetch(from + path, { headers: { connection: 'close', ...headers }, method });
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
};

describe('through Fastify', () => {
  test('the whole file, with the headers of hooks, and the response is accounted for', async () => {
    const { status, headers, body } = await get('/file');
    expect([status, headers.get('x-from-hook'), headers.get('etag')]).toEqual([200, 'yes', '"abc"']);
    expect(headers.get('content-disposition')).toContain("filename*=UTF-8''S%C3%A9ance.mp3");
    expect(body.equals(bytes)).toBe(true);
    await vi.waitFor(() => expect(sent.at(-1)).toEqual({ complete: true, bytesSent: bytes.length }));
    expect(responses.at(-1)).toBe(200);
  });

  test('a range, and conditions', async () => {
    const part = await get('/file', { range: 'bytes=1000000-1500000' });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 1000000-1500000/${bytes.length}`,
    ]);
    expect(part.body.equals(bytes.subarray(1_000_000, 1_500_001))).toBe(true);
    expect((await get('/file', { 'if-none-match': '"abc"' })).status).toBe(304);
    expect((await get('/file', { range: 'bytes=9999999-' })).status).toBe(416);
  });

  test('HEAD', async () => {
    const head = await get('/file', {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), head.body.length]).toEqual([
      200,
      String(bytes.length),
      0,
    ]);
  });

  test('inject works as for any route', async () => {
    const reply = await app.inject({ url: '/file', headers: { range: 'bytes=5-9' } });
    expect([reply.statusCode, reply.rawPayload.equals(bytes.subarray(5, 10))]).toEqual([206, true]);
  });

  test('a file that is gone can still be answered with a problem', async () => {
    expect(await get('/gone')).toMatchObject({ status: 404 });
  });

  test('a header that cannot be sent ends the connection and leaves nothing open', async () => {
    await expect(get('/broken-header')).rejects.toThrow();
    expect(blocks.held).toMatchObject({ openFiles: 0, loans: 0 });
  });
});

const skip = hasNginx() ? '' : ' [skipped: needs nginx]';

describe.skipIf(skip !== '')(`behind nginx${skip}`, () => {
  let nginx: ReturnType<typeof spawn>;
  let front: string;

  beforeAll(async () => {
    const port = await freePort();
    front = `http://127.0.0.1:${port}`;
    const work = join(folder, 'nginx');
    await mkdir(work);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${work}/${name};`,
    );
    const isRoot = process.getuid?.() === 0;
    await writeFile(
      join(work, 'nginx.conf'),
      `${isRoot ? 'user root;' : ''} daemon off; worker_processes 1; pid ${work}/pid; error_log ${work}/err;
       events {} http { access_log off; ${temporary.join(' ')}
       server { listen 127.0.0.1:${port};
         location / { proxy_pass ${origin}; }
         location /_files/ { internal; alias ${folder}/; } } }`,
    );
    nginx = spawn('nginx', ['-c', join(work, 'nginx.conf'), '-e', join(work, 'err')], { stdio: 'ignore' });
    await vi.waitFor(() => get('/file', {}, 'HEAD', front), { timeout: 10_000, interval: 50 });
  });
  afterAll(async () => {
    nginx.kill('SIGTERM');
    await once(nginx, 'exit');
  });

  test('nginx sends the bytes, the ranges and the conditions; type and name are ours', async () => {
    const whole = await get('/behind', {}, 'GET', front);
    expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'audio/mpeg']);
    expect(whole.headers.get('content-disposition')).toContain('ance.mp3');
    expect(whole.headers.get('x-accel-redirect')).toBeNull();
    expect(whole.body.equals(bytes)).toBe(true);
    const etag = whole.headers.get('etag') ?? '';
    const part = await get('/behind', { range: 'bytes=10-19', 'if-range': etag }, 'GET', front);
    expect([part.status, part.body.equals(bytes.subarray(10, 20))]).toEqual([206, true]);
    // Its tag is not ours: were ours compared, these two would come out wrong.
    expect(etag).not.toBe('"abc"');
    expect((await get('/behind', { 'if-match': etag, range: 'bytes=0-0' }, 'GET', front)).status).toBe(206);
    expect((await get('/behind', { 'if-none-match': etag }, 'GET', front)).status).toBe(304);
    expect((await get('/behind', { range: 'bytes=9999999-' }, 'GET', front)).status).toBe(416);
  });

  test('nobody gets at the internal place directly', async () => {
    expect((await get('/_files/a%20b.mp3', {}, 'GET', front)).status).toBe(404);
  });
});

function hasNginx(): boolean {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
