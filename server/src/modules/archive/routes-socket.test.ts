import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { buildTestApp, type TestApp, testClock } from '../../../test/harness/app.ts';
import { createOrganisation, createPerson, signInAs } from '../../../test/harness/factories/accounts.ts';
import { createDebat } from '../../../test/harness/factories/archive.ts';
import type { Organisation, Role } from '../accounts/public.ts';
import { PROGRESS_CHANNEL, type RecordingProgress } from '../media/public.ts';

const clock = testClock();
let app: TestApp;
let second: TestApp;
let base: string;
let organisation: Organisation;
const open: Client[] = [];

beforeAll(async () => {
  app = await buildTestApp({ clock });
  base = (await app.listen()).replace('http', 'ws');
  second = await buildTestApp({ beside: app });
  organisation = await createOrganisation(app, { isDefault: true });
});

afterEach(() => {
  for (const client of open.splice(0)) client.end();
});

afterAll(async () => {
  await second.end();
  await app.end();
});

interface Message {
  type: string;
  channel: string | null;
  data: Record<string, unknown>;
  timestamp: string;
  message_id: string;
}

/** A client over a real connection, which remembers all that it hears. */
class Client {
  heard: Message[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly socket: WebSocket;

  constructor(url: string, options: object = {}) {
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (text) => this.heard.push(JSON.parse(String(text))));
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    this.socket.on('error', () => {});
    open.push(this);
  }

  say(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The first message of a type, when it has come. */
  async hears(type: string): Promise<Message> {
    return vi.waitFor(() => {
      const message = this.heard.find((each) => each.type === type);
      if (!message) throw new Error(`no ${type} among ${this.heard.map((each) => each.type)}`);
      return message;
    }, 5_000);
  }

  async follows(channel: string): Promise<void> {
    this.say({ type: 'subscribe', channel });
    await this.hears('subscribed');
  }

  /** Everything sent before has been answered. */
  async catchesUp(): Promise<void> {
    const pongs = () => this.heard.filter((each) => each.type === 'pong').length;
    const before = pongs();
    this.say({ type: 'ping' });
    await vi.waitFor(() => expect(pongs()).toBe(before + 1), 5_000);
  }

  async isClosed(): Promise<{ code: number; reason: string }> {
    return vi.waitFor(() => {
      if (!this.closed) throw new Error('still open');
      return this.closed;
    }, 5_000);
  }

  end(): void {
    this.socket.terminate();
  }
}

async function tokenOf(role: Role, at: Organisation = organisation): Promise<string> {
  const person = await createPerson(app, at.id, { role });
  return (await signInAs(app, person)).accessToken;
}

async function connect(token?: string, path = '/ws'): Promise<Client> {
  const client = new Client(`${base}${path}?client_id=web-7${token ? `&token=${token}` : ''}`);
  await client.hears('connected');
  return client;
}

const progress = (recordingId: string, more: Partial<RecordingProgress> = {}): RecordingProgress => ({
  organisationId: organisation.id,
  recordingId,
  status: 'processing',
  progress: 40,
  message: null,
  ...more,
});

/** A débat whose sound is this recording's, as the database has it before an extraction ends. */
async function extracting(visibility: 'public' | 'private' = 'public') {
  const { rows } = await app.kernel.db.pool.query(
    `insert into recordings (id, organisation_id, title, source, source_url, status, stage, wanted_format, wanted_quality)
     values (gen_random_uuid(), $1, 'x', 'import', gen_random_uuid()::text, 'processing', 'fetch', 'mp3', '192k') returning id`,
    [organisation.id],
  );
  const recordingId: string = rows[0].id;
  const debatId = await createDebat(app, organisation.id, {
    visibility,
    recording_id: recordingId,
    status: 'extraction',
    title: 'Suivi',
  });
  return { recordingId, debatId };
}

describe('connecting', () => {
  test('anyone is told who they are and what is open to them', async () => {
    const client = await connect(undefined, '/ws/');
    const [message] = client.heard;
    expect(message).toMatchObject({
      type: 'connected',
      channel: null,
      data: { client_id: 'web-7', available_channels: ['debats', 'live', 'debate:{id}'] },
    });
    expect(Date.parse(message?.timestamp ?? '')).not.toBeNaN();
    expect(message?.message_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each<[Role, string[]]>([
    ['administrator', ['debats', 'extractions', 'live', 'system', 'user', 'debate:{id}', 'transcriptions']],
    ['member', ['debats', 'extractions', 'live', 'user', 'debate:{id}', 'transcriptions']],
    ['guest', ['debats', 'live', 'user', 'debate:{id}']],
  ])('%s is offered %j, and may follow just these', async (role, offered) => {
    const client = await connect(await tokenOf(role));
    expect(client.heard[0]?.data.available_channels).toEqual(offered);
    const asked = [
      'debats',
      'debates',
      'extractions',
      'live',
      'system',
      'user',
      'transcriptions',
      'nonsense',
    ];
    for (const channel of asked) {
      client.say({ type: 'subscribe', channel });
    }
    await client.catchesUp();
    const got = (type: string) =>
      client.heard.filter((each) => each.type === type).map((each) => each.channel);
    expect(new Set(got('subscribed'))).toEqual(new Set(offered.filter((name) => name !== 'debate:{id}')));
    const all = ['extractions', 'system', 'user', 'transcriptions', 'nonsense'];
    expect(got('error')).toEqual(all.filter((name) => !offered.includes(name)));
  });

  test.each(['nonsense', 'eyJhbGciOiJub25lIn0.e30.', ''])('the token %j ends in 1008', async (token) => {
    const client = new Client(`${base}/ws?token=${token}`);
    expect((await client.isClosed()).code).toBe(1008);
    expect(client.heard).toEqual([]);
  });

  test('an ended session is cut at once', async () => {
    const person = await createPerson(app, organisation.id);
    const session = await signInAs(app, person);
    const client = await connect(session.accessToken);
    await second.app.inject({
      method: 'POST',
      url: '/api/auth/logout',
      headers: session.headers,
      payload: { refresh_token: session.refreshToken },
    });
    expect((await client.isClosed()).code).toBe(1008);
  });

  test('plain HTTP is told what is spoken there', async () => {
    expect((await app.app.inject({ method: 'GET', url: '/ws' })).statusCode).toBe(426);
  });
});

describe('one débat', () => {
  test.each<[string, Role | null, boolean]>([
    ['public', null, true],
    ['unlisted', null, true],
    ['private', null, false],
    ['private', 'guest', false],
    ['private', 'member', true],
  ])('%s, followed by %s: %s', async (visibility, role, isAllowed) => {
    const id = await createDebat(app, organisation.id, {
      visibility: visibility as 'public' | 'unlisted' | 'private',
    });
    const client = await connect(role ? await tokenOf(role) : undefined);
    client.say({ type: 'subscribe', channel: `debate:${id}` });
    await client.hears(isAllowed ? 'subscribed' : 'error');
  });

  test('of another organisation is not there', async () => {
    const other = await createOrganisation(app);
    const id = await createDebat(app, other.id);
    const client = await connect(await tokenOf('administrator'));
    client.say({ type: 'subscribe', channel: `debate:${id}` });
    expect((await client.hears('error')).data.code).toBe('no-such-channel');
  });
});

describe('news', () => {
  test('of a débat that begins and ends come from whichever process changed it', async () => {
    const person = await createPerson(app, organisation.id, { role: 'archivist' });
    const { headers } = await signInAs(app, person);
    const id = await createDebat(app, organisation.id, { title: 'En séance', status: 'programme' });
    const client = await connect();
    await client.follows('debates');
    const put = (status: string) =>
      second.app.inject({ method: 'PUT', url: `/api/debats/${id}`, headers, payload: { status } });
    await put('en_cours');
    expect(await client.hears('debate_started')).toMatchObject({
      channel: 'debats',
      data: { debate_id: id, title: 'En séance', status: 'en_cours' },
    });
    await put('termine');
    expect((await client.hears('debate_ended')).data.status).toBe('termine');
  });

  test('of what is not public stay inside', async () => {
    const person = await createPerson(app, organisation.id, { role: 'archivist' });
    const { headers, accessToken } = await signInAs(app, person);
    const id = await createDebat(app, organisation.id, { visibility: 'unlisted', status: 'programme' });
    const [anyone, insider] = [await connect(), await connect(accessToken)];
    for (const client of [anyone, insider]) await client.follows('debats');
    await app.app.inject({
      method: 'PUT',
      url: `/api/debats/${id}`,
      headers,
      payload: { status: 'en_cours' },
    });
    await vi.waitFor(
      () => expect(insider.heard.some((each) => each.data.debate_id === id)).toBe(true),
      5_000,
    );
    await anyone.catchesUp();
    expect(anyone.heard.some((each) => each.data.debate_id === id)).toBe(false);
  });

  test('of an extraction go from its start to its end', async () => {
    const { recordingId, debatId } = await extracting();
    const [insider, anyone] = [await connect(await tokenOf('member')), await connect()];
    await insider.follows('extractions');
    insider.say({ type: 'subscribe', channel: 'user' });
    await insider.catchesUp();
    await anyone.follows(`debate:${debatId}`);

    const { hints, db } = second.kernel;
    await hints.publish(db.kysely, PROGRESS_CHANNEL, progress(recordingId, { progress: 1 }));
    const started = await insider.hears('extraction_started');
    expect(started.data).toMatchObject({
      debate_id: debatId,
      extraction_id: recordingId,
      status: 'extracting',
      progress: 1,
    });
    await hints.publish(db.kysely, PROGRESS_CHANNEL, progress(recordingId, { progress: 40 }));
    expect((await anyone.hears('extraction_progress')).data.progress).toBe(40);
    expect((await insider.hears('recording_updated')).data).toMatchObject({ recording_id: recordingId });

    await db.pool.query(`update recordings set status = 'error', error_message = 'gone' where id = $1`, [
      recordingId,
    ]);
    const { settleSound } = await import('./settle-sound.ts');
    const parts = {
      ...second.kernel,
      media: second.composition.media,
      totals: { get: async () => 0, forget: () => {} },
    };
    await settleSound(parts, organisation.id, recordingId);
    expect((await anyone.hears('extraction_failed')).data).toMatchObject({
      debate_id: debatId,
      error: 'gone',
    });
    expect((await insider.hears('extraction_failed')).data.status).toBe('erreur');
    expect(anyone.heard.some((each) => each.type === 'recording_updated')).toBe(false);
  });

  test('already told are told again to those who come late, ten at most', async () => {
    const { recordingId } = await extracting();
    const early = await connect(await tokenOf('member'));
    await early.follows('extractions');
    const { hints, db } = app.kernel;
    for (let percent = 1; percent <= 12; percent++) {
      await hints.publish(db.kysely, PROGRESS_CHANNEL, progress(recordingId, { progress: percent }));
    }
    const percents = (client: Client) =>
      client.heard
        .filter((each) => each.data.extraction_id === recordingId)
        .map((each) => each.data.progress);
    await vi.waitFor(() => expect(percents(early).at(-1)).toBe(12), 5_000);
    const late = await connect(await tokenOf('member'));
    await late.follows('extractions');
    await late.catchesUp();
    expect(percents(late)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('that make no sense are passed over', async () => {
    const client = await connect(await tokenOf('member'));
    await client.follows('extractions');
    const { hints, db } = app.kernel;
    for (const nonsense of [null, 'x', {}, { ...progress('x'), progress: 'many' }, progress('no-id')]) {
      await hints.publish(db.kysely, PROGRESS_CHANNEL, nonsense);
      await hints.publish(db.kysely, 'archive.debat-news', nonsense);
    }
    const { recordingId } = await extracting();
    await hints.publish(db.kysely, PROGRESS_CHANNEL, progress(recordingId));
    await vi.waitFor(() => {
      const told = client.heard.map((each) => each.data.extraction_id);
      expect(told).toContain(recordingId);
      expect(told).not.toContain('no-id');
    }, 5_000);
  });
});

describe('hostile clients', () => {
  test.each<[string, (client: Client) => void, number]>([
    ['a binary frame', (client) => client.socket.send(Buffer.from([1, 2, 3])), 1003],
    ['a long message', (client) => client.say('x'.repeat(5_000)), 1009],
    ['a message beyond what is read at all', (client) => client.say('x'.repeat(100_000)), 1009],
    ['a flood', (client) => Array.from({ length: 100 }, () => client.say({ type: 'ping' })), 1008],
    ['nonsense again and again', (client) => Array.from({ length: 10 }, () => client.socket.send('{')), 1008],
  ])('%s ends the connection', async (_name, attack, code) => {
    const client = await connect();
    attack(client);
    expect((await client.isClosed()).code).toBe(code);
  });

  test('a broken frame ends its connection and no other', async () => {
    const [broken, other] = [await connect(), await connect()];
    // Reserved bits set, no extension agreed: RFC 6455 §5.2 says to fail the connection.
    const { _socket: raw } = broken.socket as unknown as { _socket: { write(bytes: Buffer): void } };
    raw.write(Buffer.from([0xff, 0x80, 0, 0, 0, 0]));
    expect((await broken.isClosed()).code).toBeGreaterThan(1000);
    await other.catchesUp();
  });

  test('too many connections from one address are turned away', async () => {
    const clients = Array.from({ length: 101 }, () => new Client(`${base}/ws`));
    await vi.waitFor(() => expect(clients.some((client) => client.closed?.code === 1013)).toBe(true), 10_000);
    expect(clients.filter((client) => client.closed).length).toBeLessThan(5);
  });

  test('silence for five minutes ends the connection', async () => {
    const [silent, pinging] = [await connect(), await connect()];
    clock.advance(299_000);
    await pinging.catchesUp();
    clock.advance(2_000);
    app.kernel.sockets.recheck();
    expect((await silent.isClosed()).code).toBe(1001);
    await pinging.catchesUp();
  });
});
