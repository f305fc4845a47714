import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Actor } from '../auth/actor.ts';
import { createSocketHub, type RunningSocketHub } from './create-socket-hub.ts';
import { unauthenticated } from './problem.ts';
import type { SocketLimits } from './socket-limits.ts';
import { readClientMessage } from './socket-message.ts';

const log = pino({ level: 'silent' });
let nowMs = Date.UTC(2026, 10, 21);
const clock = { now: () => nowMs };
let hub: RunningSocketHub;

const person: Actor = {
  organisationId: 'o1',
  personId: 'p1',
  sessionId: 's1',
  permissions: new Set(['archive.read']),
  isPlatformAdmin: false,
};
const anyone: Actor = { ...person, personId: null, sessionId: null, permissions: new Set() };

/** The client's end of a WebSocket, as the hub sees it. */
class Line extends EventEmitter {
  sent: { type: string; channel: string | null; data: Record<string, unknown>; message_id: string }[] = [];
  closed: { code: number | undefined; reason: string | undefined } | null = null;
  isCut = false;
  bufferedAmount = 0;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code?: number, reason?: string): void {
    this.closed = { code, reason };
    this.emit('close');
  }

  terminate(): void {
    this.isCut = true;
    this.emit('close');
  }

  async say(message: unknown): Promise<void> {
    await this.sayRaw(JSON.stringify(message));
  }

  async sayRaw(text: string, isBinary = false): Promise<void> {
    this.emit('message', Buffer.from(text), isBinary);
    await settled();
  }

  get types(): string[] {
    return this.sent.map((message) => message.type);
  }
}

/** Lets every promise that is ready run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

async function connect(actor: Actor | (() => Actor) = person, ip = '10.0.0.1'): Promise<Line> {
  const line = new Line();
  const resolveActor = typeof actor === 'function' ? actor : () => actor;
  hub.accept(line, { clientId: 'web-1', ip, resolveActor });
  await settled();
  return line;
}

function open(limits: Partial<SocketLimits> = {}): void {
  hub = createSocketHub({ clock, log, limits });
  hub.addRule({
    name: 'news',
    matches: (channel) => channel === 'news' || channel === 'nouvelles',
    canonical: () => 'news',
    maySubscribe: () => true,
  });
  hub.addRule({
    name: 'secret',
    matches: (channel) => channel === 'secret',
    maySubscribe: (actor) => actor.permissions.has('archive.read'),
    isOfferedTo: (actor) => actor.permissions.has('archive.read'),
  });
}

const tell = (text: string, more: object = {}) =>
  hub.publish({ organisationId: 'o1', channel: 'news', type: 'said', data: { text }, ...more });

beforeEach(() => open());
afterEach(() => hub.close());

test('says who is connected and which channels they may follow', async () => {
  const signedIn = await connect();
  expect(signedIn.sent[0]).toMatchObject({
    type: 'connected',
    channel: null,
    data: { client_id: 'web-1', available_channels: ['news', 'secret'] },
    timestamp: new Date(nowMs).toISOString(),
  });
  const anonymous = await connect(anyone);
  expect(anonymous.sent[0]?.data.available_channels).toEqual(['news']);
});

test('a strange client id is replaced', async () => {
  const line = new Line();
  hub.accept(line, { clientId: '<script>', ip: '10.0.0.1', resolveActor: () => anyone });
  await settled();
  expect(line.sent[0]?.data.client_id).toMatch(/^[0-9a-f-]{36}$/);
});

test('delivers to subscribers, under the alias too, until they unsubscribe', async () => {
  const line = await connect();
  await line.say({ type: 'subscribe', channel: 'nouvelles' });
  expect(line.sent.at(-1)).toMatchObject({ type: 'subscribed', channel: 'news', data: { channel: 'news' } });
  tell('one');
  expect(line.sent.at(-1)).toMatchObject({ type: 'said', channel: 'news', data: { text: 'one' } });
  await line.say({ type: 'unsubscribe', data: { channel: 'news' } });
  tell('two');
  expect(line.types).toEqual(['connected', 'subscribed', 'said', 'unsubscribed']);
});

test('subscribing twice delivers once', async () => {
  const line = await connect();
  await line.say({ type: 'subscribe', channel: 'news' });
  await line.say({ type: 'subscribe', channel: 'news' });
  tell('one');
  expect(line.types.filter((type) => type === 'said')).toHaveLength(1);
});

test('replays the last ten of the organisation only', async () => {
  for (let number = 1; number <= 12; number++) tell(`no. ${number}`);
  tell('elsewhere', { organisationId: 'o2' });
  const line = await connect();
  await line.say({ type: 'subscribe', channel: 'news' });
  const replayed = line.sent.filter((message) => message.type === 'said').map((message) => message.data.text);
  expect(replayed).toEqual(Array.from({ length: 10 }, (_, index) => `no. ${index + 3}`));
  expect(new Set(line.sent.map((message) => message.message_id)).size).toBe(line.sent.length);
});

test('a message reaches only those it is for, replayed or not', async () => {
  tell('for holders', { permission: 'archive.read' });
  tell('for p2', { onlyPersonId: 'p2' });
  const lines = [await connect(), await connect(anyone), await connect({ ...person, personId: 'p2' })];
  for (const line of lines) await line.say({ type: 'subscribe', channel: 'news' });
  tell('for holders again', { permission: 'archive.read' });
  const heard = lines.map((line) =>
    line.sent.filter((each) => each.type === 'said').map((each) => each.data.text),
  );
  expect(heard).toEqual([
    ['for holders', 'for holders again'],
    [],
    ['for holders', 'for p2', 'for holders again'],
  ]);
});

test('another organisation hears nothing', async () => {
  const line = await connect({ ...person, organisationId: 'o2' });
  await line.say({ type: 'subscribe', channel: 'news' });
  tell('one');
  expect(line.types).toEqual(['connected', 'subscribed']);
});

test('forbidden and unknown channels are refused alike', async () => {
  const line = await connect(anyone);
  await line.say({ type: 'subscribe', channel: 'secret' });
  await line.say({ type: 'subscribe', channel: 'nowhere' });
  const [forbidden, unknown] = line.sent.slice(1);
  expect(forbidden).toMatchObject({ type: 'error', channel: 'secret', data: { code: 'no-such-channel' } });
  expect(unknown?.data).toEqual(forbidden?.data);
});

test('ping answers pong and keeps the connection; silence ends it', async () => {
  const [pinging, silent] = [await connect(), await connect()];
  nowMs += 299_000;
  await pinging.say({ type: 'ping' });
  expect(pinging.types.at(-1)).toBe('pong');
  nowMs += 1_000;
  await hub.sweep();
  expect(pinging.closed).toBeNull();
  expect(silent.closed?.code).toBe(1001);
});

test('a wrong token closes with 1008 and nothing is said or delivered', async () => {
  const line = await connect(() => {
    throw unauthenticated('no');
  });
  expect(line.closed?.code).toBe(1008);
  expect(line.sent).toEqual([]);
});

test('messages sent before the token is judged are answered afterwards, in order', async () => {
  const line = new Line();
  const judged = Promise.withResolvers<Actor>();
  hub.accept(line, { clientId: undefined, ip: '10.0.0.1', resolveActor: () => judged.promise });
  await line.say({ type: 'subscribe', channel: 'news' });
  await line.say({ type: 'ping' });
  expect(line.sent).toEqual([]);
  judged.resolve(person);
  await settled();
  expect(line.types).toEqual(['connected', 'subscribed', 'pong']);
});

test('an ended session is closed at once, a late token at the next check', async () => {
  let isLate = false;
  const late = await connect(() => {
    if (isLate) throw unauthenticated('late');
    return { ...person, sessionId: 's2' };
  });
  const revoked = await connect();
  hub.closeWhere((actor) => actor.sessionId === 's1');
  expect(revoked.closed?.code).toBe(1008);
  expect(late.closed).toBeNull();
  isLate = true;
  await hub.sweep();
  expect(late.closed?.code).toBe(1008);
});

test('permissions that were taken away count from the next check', async () => {
  let actor = person;
  const line = await connect(() => actor);
  await line.say({ type: 'subscribe', channel: 'news' });
  actor = { ...person, permissions: new Set() };
  await hub.sweep();
  tell('for holders', { permission: 'archive.read' });
  expect(line.types).toEqual(['connected', 'subscribed']);
});

test('too long, binary and too many messages end the connection', async () => {
  const [long, binary, quick] = [await connect(), await connect(), await connect()];
  await long.sayRaw(`"${'x'.repeat(4_096)}"`);
  expect(long.closed?.code).toBe(1009);
  await binary.sayRaw('{"type":"ping"}', true);
  expect(binary.closed?.code).toBe(1003);
  for (let count = 0; count < 61; count++) quick.emit('message', Buffer.from('{"type":"ping"}'), false);
  expect(quick.closed).toMatchObject({ code: 1008, reason: 'too many messages' });
});

test('nonsense is answered with an error, and ended when it goes on', async () => {
  const line = await connect();
  for (const text of [
    '{',
    '[]',
    'null',
    '{"type":7}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","channel":""}',
  ]) {
    await line.sayRaw(text);
    expect(line.sent.at(-1)?.type).toBe('error');
  }
  expect(line.closed).toBeNull();
  for (let count = 0; count < 4; count++) await line.sayRaw('{');
  expect(line.closed?.code).toBe(1008);
});

test('holds at most so many channels, and so many connections of one address', async () => {
  hub.close();
  open({ maxSubscriptions: 1, maxConnectionsPerIp: 2 });
  const line = await connect();
  await line.say({ type: 'subscribe', channel: 'news' });
  await line.say({ type: 'subscribe', channel: 'secret' });
  expect(line.sent.at(-1)?.data.code).toBe('too-many-channels');
  await connect();
  expect((await connect()).closed?.code).toBe(1013);
  expect((await connect(person, '10.0.0.2')).closed).toBeNull();
  line.close();
  expect((await connect()).closed).toBeNull();
  await connect(person, '2001:db8::1');
  await connect(person, '2001:db8::2');
  expect((await connect(person, '2001:db8::3')).closed?.code).toBe(1013);
});

test('a client that does not read is cut', async () => {
  const line = await connect();
  await line.say({ type: 'subscribe', channel: 'news' });
  line.bufferedAmount = 1_048_577;
  tell('one');
  expect(line.isCut).toBe(true);
  expect(line.types).not.toContain('said');
});

test('closing the hub ends every connection and takes no more', async () => {
  const line = await connect();
  hub.close();
  expect(line.closed?.code).toBe(1001);
  expect((await connect()).closed?.code).toBe(1013);
});

test('whatever a client sends is read without throwing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const message = readClientMessage(text);
      expect(['ping', 'subscribe', 'unsubscribe', 'fault']).toContain(message.type);
    }),
  );
});
