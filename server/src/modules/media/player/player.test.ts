import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createOrganisation, createPerson, signInAs } from '../../../../test/harness/factories/accounts.ts';
import { createDebat } from '../../../../test/harness/factories/archive.ts';
import { createReadyRecording } from '../../../../test/harness/factories/media.ts';
import { SOCKET_LIMITS } from '../../../kernel/http/socket-limits.ts';
import { openPlayers, type RunningPlayers } from './player-room.ts';

/** Stands still: how long a busy machine takes for an answer is no part of what is played. */
let nowMs = Date.now();
const clock = {
  now: () => nowMs,
  advance: (ms: number) => {
    nowMs += ms;
  },
};
let here: TestApp;
let second: TestApp;
let bases: [string, string];
let token: string;
let strangerToken: string;
let hidden: string;
let open: string;
let debat: string;
const lines: Line[] = [];

beforeAll(async () => {
  here = await buildTestApp({ clock });
  second = await buildTestApp({ beside: here });
  const organisation = await createOrganisation(here, { isDefault: true });
  const other = await createOrganisation(here);
  bases = [(await here.listen()).replace('http', 'ws'), (await second.listen()).replace('http', 'ws')];
  token = (await signInAs(here, await createPerson(here, organisation.id, { role: 'member' }))).accessToken;
  strangerToken = (await signInAs(here, await createPerson(here, other.id, { role: 'administrator' })))
    .accessToken;
  hidden = await createReadyRecording(here, organisation.id, { title: 'Caché' });
  open = await createReadyRecording(here, organisation.id, { title: 'Ouvert', visibility: 'public' });
  debat = await createDebat(here, organisation.id, { recording_id: hidden, has_audio: true });
});
afterEach(() => {
  for (const line of lines.splice(0)) line.socket.terminate();
});
afterAll(async () => {
  await second.end();
  await here.end();
});

type Message = Record<string, unknown> & { event: string; type: string };

/** A player over a real connection, which remembers all that it hears. */
class Line {
  heard: Message[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly socket: WebSocket;
  #commands = 0;

  constructor(query: string, process: 0 | 1 = 0) {
    this.socket = new WebSocket(`${bases[process]}/api/ws?${query}`);
    this.socket.on('message', (text) => this.heard.push(JSON.parse(String(text))));
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    this.socket.on('error', () => {});
    lines.push(this);
  }

  hears(event: string, fits: (message: Message) => boolean = () => true): Promise<Message> {
    return vi.waitFor(() => {
      const message = this.heard.find((each) => each.event === event && fits(each));
      if (!message) throw new Error(`no ${event} among ${JSON.stringify(this.heard)}`);
      return message;
    }, 10_000);
  }

  async does(command: string, args: object = {}, id = `c${++this.#commands}`): Promise<Message> {
    const before = this.heard.length;
    this.socket.send(JSON.stringify({ command, command_id: id, ...args }));
    return vi.waitFor(() => {
      const answer = this.heard.slice(before).find((each) => each.command_id === id);
      if (!answer) throw new Error('no answer yet');
      return answer;
    }, 10_000);
  }

  isClosed(): Promise<{ code: number; reason: string }> {
    return vi.waitFor(() => {
      if (!this.closed) throw new Error('still open');
      return this.closed;
    }, 10_000);
  }
}

async function connect(query = `token=${token}`, process: 0 | 1 = 0): Promise<Line> {
  const line = new Line(query, process);
  await line.hears('ServerMessage');
  return line;
}

describe('a player', () => {
  test('plays, pauses, goes on, seeks and stops, and says so', async () => {
    const line = await connect();
    const started = await line.does('Play', { track_id: hidden });
    expect(started).toMatchObject({
      event: 'CommandResponse',
      type: 'CommandResponse',
      success: true,
      error: null,
      data: { track_id: hidden, title: 'Caché', duration_seconds: 2, position_seconds: 0 },
    });
    expect(await line.hears('PlaybackStarted')).toMatchObject({ type: 'PlaybackStarted', track_id: hidden });
    clock.advance(500);
    expect((await line.does('Pause')).success).toBe(true);
    const paused = await line.hears('PlaybackPaused');
    expect(paused.position_seconds).toBeGreaterThanOrEqual(0.5);
    expect((await line.does('Pause')).success).toBe(false);
    await line.does('Play');
    await line.hears('PlaybackResumed');
    expect((await line.does('Seek', { position_seconds: 1.25 })).data).toMatchObject({
      position_seconds: 1.25,
    });
    await line.hears('PlaybackProgress');
    await line.does('Stop');
    expect(await line.hears('PlaybackStopped')).toMatchObject({ reason: 'stopped' });
    expect((await line.does('GetStatus')).data).toMatchObject({
      state: 'stopped',
      position_seconds: 0,
      playlist: [],
    });
    expect((await line.does('Ping')).data).toHaveProperty('server_time');
  });

  test('keeps a list, and plays it', async () => {
    const line = await connect();
    expect((await line.does('Play')).error).toMatch(/playlist is empty/);
    await line.does('AddToPlaylist', { track_id: open });
    await line.does('AddToPlaylist', { track_id: debat, index: 0 });
    expect(
      await line.hears('PlaylistUpdated', ({ track_ids: ids }) => Array.isArray(ids) && ids.length === 2),
    ).toMatchObject({
      track_ids: [debat, open],
    });
    expect((await line.does('Play')).data).toMatchObject({ track_id: debat });
    expect((await line.does('RemoveFromPlaylist', { track_id: debat })).success).toBe(true);
    expect((await line.does('RemoveFromPlaylist', { track_id: debat })).success).toBe(false);
  });

  test('is heard of by the person’s other players, in other processes too, and by nobody else', async () => {
    const [phone, desk, far, stranger] = await Promise.all([
      connect(`token=${token}&client_id=phone`),
      connect(`token=${token}&client_id=desk`),
      connect(`token=${token}&client_id=far`, 1),
      connect(`token=${strangerToken}`, 1),
    ]);
    await desk.does('Unsubscribe', { channel: 'playback' });
    await phone.does('Play', { track_id: open });
    expect(await far.hears('PlaybackStarted')).toMatchObject({ device_id: 'phone', track_id: open });
    await phone.does('Stop');
    await far.hears('PlaybackStopped');
    expect(phone.heard.filter(({ event }) => event === 'PlaybackStarted')).toHaveLength(1);
    for (const deaf of [desk, stranger])
      expect(deaf.heard.filter(({ event }) => event.startsWith('Playback'))).toEqual([]);
  });

  test('that comes back goes on where it was, and does nothing twice', async () => {
    const first = await connect(`token=${token}&client_id=tablet`);
    await first.does('AddToPlaylist', { track_id: open }, 'once');
    await first.does('Play', { track_id: open });
    first.socket.terminate();
    await first.isClosed();
    const back = new Line(`token=${token}&client_id=tablet`);
    expect(await back.hears('ServerMessage')).toMatchObject({ resumed: true, status: { state: 'playing' } });
    expect((await back.does('AddToPlaylist', { track_id: open }, 'once')).success).toBe(true);
    expect((await back.does('GetStatus')).data).toMatchObject({ playlist: [{ track_id: open }] });
    const other = new Line(`client_id=tablet`);
    expect(await other.hears('ServerMessage')).toMatchObject({ resumed: false });
  });

  test('hears only what its person may', async () => {
    const [nobody, stranger] = await Promise.all([connect(''), connect(`token=${strangerToken}`)]);
    expect((await nobody.does('Play', { track_id: open })).success).toBe(true);
    expect((await nobody.does('Play', { track_id: debat })).success).toBe(true);
    for (const [line, track] of [
      [nobody, hidden],
      [stranger, hidden],
      [stranger, open],
      [nobody, '../../etc/passwd'],
    ] as const) {
      for (const command of ['Play', 'AddToPlaylist']) {
        expect(await line.does(command, { track_id: track })).toMatchObject({
          success: false,
          data: null,
          error_code: 'media.recording-not-found',
        });
      }
    }
    expect((await nobody.does('Subscribe', { channel: 'stats' })).success).toBe(false);
    expect(await new Line('token=wrong').isClosed()).toMatchObject({ code: 1008 });
  });
});

describe('a line', () => {
  test('that talks too much is warned, then cut', async () => {
    const line = await connect();
    const many = SOCKET_LIMITS.messageBurst + SOCKET_LIMITS.maxOverruns + 5;
    for (let n = 0; n < many; n++) line.socket.send('{"command":"Ping","command_id":"p"}');
    expect(await line.isClosed()).toMatchObject({ code: 1008 });
    expect(line.heard.filter(({ event }) => event === 'RateLimitWarning')).toHaveLength(1);
  });

  test('of nonsense is answered, then closed', async () => {
    const line = await connect();
    for (const text of [
      'x',
      '[]',
      '{"command":"Explode","command_id":"a"}',
      '{"command":"Seek","command_id":"b"}',
    ])
      line.socket.send(text);
    const refused = await line.hears('CommandResponse', ({ command_id: id }) => id === 'b');
    expect(refused).toMatchObject({ success: false, error: expect.stringMatching(/position_seconds|Seek/) });
    for (let n = 0; n < SOCKET_LIMITS.maxFaults; n++) line.socket.send('nonsense');
    expect(await line.isClosed()).toMatchObject({ code: 1008 });
    const huge = await connect();
    huge.socket.send(JSON.stringify({ command: 'Ping', command_id: 'x'.repeat(5_000) }));
    expect(await huge.isClosed()).toMatchObject({ code: 1009 });
    const binary = await connect();
    binary.socket.send(Buffer.from([1, 2]));
    expect(await binary.isClosed()).toMatchObject({ code: 1003 });
    expect((await here.app.inject({ url: '/api/ws' })).statusCode).toBe(426);
  });
});

describe('time', () => {
  let players: RunningPlayers | undefined;
  afterEach(() => players?.close());

  test('is told as it goes on, ends what has ended, and players are counted over all processes', async () => {
    const { kernel } = here;
    const track = { track_id: open, title: 'Ouvert', duration_seconds: 2 };
    players = openPlayers({ ...kernel, findTrack: async () => track });
    const sent: Message[] = [];
    const actor = await here.composition.accounts.authenticator.authenticate(token);
    const line = {
      clientId: 'd',
      actor,
      send: (text: string) => void sent.push(JSON.parse(text)),
      end: () => {},
    };
    const talk = players.dialect.open(line);
    await talk.entered();
    await talk.receive('{"command":"Subscribe","command_id":"s","channels":["progress","stats"]}');
    await talk.receive(JSON.stringify({ command: 'Play', command_id: 'p', track_id: open }));
    clock.advance(1_000);
    await players.tick();
    await players.count();
    clock.advance(1_500);
    await players.tick();
    expect(sent.map(({ event }) => event).filter((event) => event !== 'CommandResponse')).toEqual([
      'ServerMessage',
      'PlaybackStarted',
      'PlaybackProgress',
      'LiveStats',
      'PlaybackStopped',
    ]);
    expect(sent.at(-1)).toMatchObject({ reason: 'ended', position_seconds: 2 });
    expect(sent.find(({ event }) => event === 'LiveStats')).toMatchObject({ players_playing: 1 });
    talk.closed();
  });
});
