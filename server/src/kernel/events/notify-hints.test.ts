import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { cloneDatabase } from '../../../test/harness/database.ts';
import { type Db, openDb } from '../db/db.ts';
import type { Hints } from './hints.ts';
import { HINTS_RESUMED, openNotifyHints } from './notify-hints.ts';

const log = pino({ level: 'silent' });
let database: Awaited<ReturnType<typeof cloneDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await cloneDatabase();
  db = openDb({ url: database.url, poolSize: 2, applicationName: 'test', log });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** The way to the database, which a test can cut at the moment that a client says `LISTEN`. */
let way: Server;
let wayUrl: string;
let cutAtListen = 0;
const sockets = new Set<Socket>();
beforeEach(async () => {
  const target = new URL(database.url);
  way = createServer((client) => {
    const server = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => {
      if (cutAtListen > 0 && chunk.includes('listen antenne_hints')) {
        cutAtListen -= 1;
        client.destroy();
        server.destroy();
      } else server.write(chunk);
    });
    server.pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  way.listen(0, '127.0.0.1');
  await once(way, 'listening');
  const address = way.address();
  const through = new URL(database.url);
  through.hostname = '127.0.0.1';
  through.port = String(typeof address === 'object' ? address?.port : 0);
  wayUrl = through.href;
});

let hints: Hints | undefined;
afterEach(async () => {
  await hints?.close();
  hints = undefined;
  for (const socket of sockets) socket.destroy();
  way.close();
});

const listeningConnections = async () => {
  const { rows } = await db.pool.query<{ count: number }>(
    `select count(*) from pg_stat_activity where datname = current_database() and application_name = 'antenne-hints'`,
  );
  return rows[0]?.count;
};

it('comes back with one connection when the first attempt breaks half-way, and tells each hint once', async () => {
  hints = await openNotifyHints(wayUrl, log);
  const resumed = vi.fn();
  const heard = vi.fn();
  hints.on(HINTS_RESUMED, resumed);
  hints.on('a.channel', heard);
  cutAtListen = 2;
  for (const socket of sockets) socket.destroy();
  await vi.waitFor(() => expect(resumed).toHaveBeenCalled(), { timeout: 10_000 });
  // Longer than the pause before another attempt, if one were still to come.
  await pause(700);
  expect(await listeningConnections()).toBe(1);
  await hints.publish(db.kysely, 'a.channel', 1);
  await hints.publish(db.kysely, 'a.channel', 2);
  await vi.waitFor(() => expect(heard).toHaveBeenCalledWith(2));
  expect(heard.mock.calls).toEqual([[1], [2]]);
  expect(resumed).toHaveBeenCalledTimes(1);
});

it('leaves no connection behind when it is closed while coming back', async () => {
  hints = await openNotifyHints(wayUrl, log);
  cutAtListen = 1;
  for (const socket of sockets) socket.destroy();
  await vi.waitFor(() => expect(cutAtListen).toBe(0));
  await hints.close();
  await vi.waitFor(async () => expect(await listeningConnections()).toBe(0));
});

it('refuses to open where it cannot listen', async () => {
  cutAtListen = 1;
  await expect(openNotifyHints(wayUrl, log)).rejects.toThrow();
  await vi.waitFor(async () => expect(await listeningConnections()).toBe(0));
});
