import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { open } from '../auth/access.ts';
import type { Actor, Authenticator } from '../auth/actor.ts';
import { loadConfig } from '../config/load-config.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { type App, buildApp } from './app.ts';
import { BlockReader } from './block-reader.ts';
import { replyWithFile } from './reply-with-file.ts';

const nobody: Actor = {
  organisationId: 'organisation',
  personId: null,
  sessionId: null,
  permissions: new Set(),
  isPlatformAdmin: false,
};
const authenticator: Authenticator = {
  authenticate: () => Promise.reject(new Error('nobody signs in here')),
  anonymous: () => nobody,
};

const SIZE = 30_000_000;
const metrics = createMetrics('test');
const lines: Record<string, unknown>[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
const blocks = new BlockReader();
let app: App;
let folder: string;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'request-log-'));
  const path = join(folder, 'sound.mp3');
  await writeFile(path, Buffer.alloc(SIZE));
  const { size, mtime } = await stat(path);
  const file = { path, sizeBytes: size, modifiedAt: mtime, etag: '"abc"', mimeType: 'audio/mpeg' };
  const config = loadConfig(
    { SECRET_KEY: 'x'.repeat(40), SIGNING_KEY: 'y'.repeat(40), INTERNAL_API_KEY: 'z'.repeat(40) },
    { cwd: folder },
  );
  app = await buildApp({ config, log, metrics, authenticator, redis: null });
  app.get('/sound', { config: { access: open('test') } }, async (request, reply) => {
    await replyWithFile(request, reply, blocks, { file });
    return reply;
  });
  app.get('/quick', { config: { access: open('test') } }, () => 'done');
  app.get('/socket', { config: { access: open('test') }, websocket: true }, (socket) => {
    socket.on('message', () => socket.send('heard'));
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as AddressInfo).port;
});

afterAll(async () => {
  app.server.closeAllConnections();
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const inFlight = async () => (await metrics.httpInFlight.get()).values[0]?.value ?? 0;
const observed = async (route: string) =>
  (await metrics.httpDuration.get()).values.filter(
    ({ labels, metricName }) => metricName?.endsWith('_count') && labels.route === route,
  );
const linesOf = (path: string) => lines.filter((line) => line.msg === 'request' && line.path === path);

it('counts and logs a request that was answered', async () => {
  await fetch(`http://127.0.0.1:${port}/quick?token=secret`);
  await vi.waitFor(async () => expect(await inFlight()).toBe(0));
  expect(linesOf('/quick')).toMatchObject([{ method: 'GET', status: 200 }]);
  expect(await observed('/quick')).toMatchObject([{ value: 1 }]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

it('counts and logs a listener who leaves in the middle, as players do at every seek', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /sound HTTP/1.1\r\nHost: antenne.test\r\n\r\n');
  await once(socket, 'data');
  expect(await inFlight()).toBe(1);
  socket.destroy();
  await vi.waitFor(async () => expect(await inFlight()).toBe(0));
  expect(linesOf('/sound')).toMatchObject([{ method: 'GET', status: 200, isCutShort: true }]);
  expect(await observed('/sound')).toMatchObject([{ value: 1 }]);
});

it('logs an upgrade once, and holds no open WebSocket for a request being answered', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`);
  await once(socket, 'open');
  socket.send('hello');
  await once(socket, 'message');
  expect(await inFlight()).toBe(0);
  expect(linesOf('/socket')).toMatchObject([{ method: 'GET', status: 101 }]);
  socket.close();
  await once(socket, 'close');
  await vi.waitFor(() => expect(app.websocketServer.clients.size).toBe(0));
  expect(await inFlight()).toBe(0);
  expect(linesOf('/socket')).toHaveLength(1);
  expect(await observed('/socket')).toMatchObject([{ value: 1, labels: { status: 101 } }]);
});
