import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import { createLiveUpdates, type LiveMessage, parseMessage, reconnectDelayMs } from './live-socket.ts';

const cleanings: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanings.splice(0)) clean();
});

async function hub() {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  const heard: unknown[] = [];
  let current: ServerSocket | null = null;
  const waiting: (() => void)[] = [];
  sockets.on('connection', (socket) => {
    current = socket;
    socket.on('message', (bytes) => {
      heard.push(JSON.parse(bytes.toString()));
      for (const resolve of waiting.splice(0)) resolve();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  cleanings.push(() => {
    for (const socket of sockets.clients) socket.terminate();
    http.close();
  });
  return {
    address: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`,
    heard,
    tell: (message: object) => current?.send(JSON.stringify(message)),
    drop: () => current?.terminate(),
    next: () => new Promise<void>((resolve) => waiting.push(resolve)),
  };
}

test('a channel is subscribed, heard and left; the socket lives no longer than its listeners', async () => {
  const server = await hub();
  const live = createLiveUpdates({
    address: () => server.address,
    open: (address) => new WebSocket(address),
  });
  const subscribed = server.next();
  const message = new Promise<LiveMessage>((resolve) => cleanings.push(live.listen('extractions', resolve)));
  await subscribed;
  expect(server.heard).toEqual([{ type: 'subscribe', channel: 'extractions' }]);
  expect(live.isConnected()).toBe(true);
  server.tell({ type: 'extraction_progress', channel: 'live', data: {} });
  server.tell({ type: 'extraction_progress', channel: 'extractions', data: { progress: 42 } });
  expect((await message).data).toEqual({ progress: 42 });
  cleanings.pop()?.();
  expect(live.isConnected()).toBe(false);
});

test('after a loss it returns and subscribes again', async () => {
  const server = await hub();
  const live = createLiveUpdates({
    address: () => server.address,
    open: (address) => new WebSocket(address),
  });
  const first = server.next();
  cleanings.push(live.listen('debate:a', () => undefined));
  await first;
  const second = server.next();
  server.drop();
  await second;
  expect(server.heard).toHaveLength(2);
  expect(live.isConnected()).toBe(true);
});

test('waiting grows to half a minute and is spread', () => {
  expect(reconnectDelayMs(0, () => 0)).toBe(750);
  expect(reconnectDelayMs(0, () => 1)).toBe(1250);
  expect(reconnectDelayMs(20, () => 0.5)).toBe(30_000);
});

test.each(['', 'null', '[]', '{"type":3}', '{'])('%j is no message', (text) => {
  expect(parseMessage(text)).toBeNull();
});
