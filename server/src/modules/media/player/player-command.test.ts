import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPlayerCommand } from './player-command.ts';
import {
  added,
  doingFrom,
  hasEnded,
  MOST_IN_PLAYLIST,
  NEW_PLAYER,
  positionAt,
  removed,
} from './player-state.ts';

const read = (message: unknown) => readPlayerCommand(JSON.stringify(message));

describe('a command', () => {
  test.each([
    [
      { command: 'Play', command_id: 'a', track_id: 't' },
      { name: 'Play', with: { track_id: 't' } },
    ],
    [
      { type: 'Play', command_id: 7, data: { track_id: 't', position: 3.5 } },
      { name: 'Play', with: { track_id: 't', position_seconds: 3.5 } },
    ],
    [
      { command: 'add_to_playlist', command_id: 'a', payload: { track_id: 't', index: null } },
      { name: 'AddToPlaylist', with: { track_id: 't' } },
    ],
    [
      { command: 'Seek', command_id: 'a', position_seconds: 0 },
      { name: 'Seek', with: { position_seconds: 0 } },
    ],
    [
      { command: 'Subscribe', command_id: 'a', channel: 'progress' },
      { name: 'Subscribe', with: { channels: ['progress'] } },
    ],
    [
      { command: 'Ping', command_id: 'a', more: 1 },
      { name: 'Ping', with: {} },
    ],
  ])('%j', (message, command) => {
    expect(read(message)).toEqual({ id: String(message.command_id), command });
  });

  test.each([
    ['no JSON', 'x', null],
    ['a list', '[]', null],
    ['nothing', '', null],
    ['without a name', '{"command_id":"a"}', 'a'],
    ['of an unknown name', '{"command":"Explode","command_id":"a"}', 'a'],
    ['of a name of every object', '{"command":"constructor","command_id":"a"}', 'a'],
    ['without an id', '{"command":"Ping"}', null],
    ['with an id of 101', JSON.stringify({ command: 'Ping', command_id: 'x'.repeat(101) }), null],
    ['with an object as its id', '{"command":"Ping","command_id":{}}', null],
    ['with a text as its place', '{"command":"Seek","command_id":"a","position_seconds":"1"}', 'a'],
    ['with a place before the start', '{"command":"Seek","command_id":"a","position_seconds":-1}', 'a'],
    ['with a place in the next year', '{"command":"Seek","command_id":"a","position_seconds":1e9}', 'a'],
    ['with nowhere to go', '{"command":"Seek","command_id":"a"}', 'a'],
    [
      'with a track of 200',
      JSON.stringify({ command: 'Play', command_id: 'a', track_id: 'x'.repeat(200) }),
      'a',
    ],
    ['for an unknown channel', '{"command":"Subscribe","command_id":"a","channel":"secrets"}', 'a'],
  ])('%s is refused with a sentence', (_what, text, id) => {
    expect(readPlayerCommand(text)).toEqual({ id, fault: expect.stringMatching(/\.$/) });
  });

  test('whatever comes, an answer', () => {
    const any = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ command: 'Play', command_id: 'a', track_id: value })),
    );
    fc.assert(fc.property(any, (text) => typeof readPlayerCommand(text) === 'object'));
  });
});

describe('a player', () => {
  const track = { track_id: 't', title: 'T', duration_seconds: 10 };

  test('goes on while it plays, stands while it is paused, and ends at the end', () => {
    const playing = doingFrom(NEW_PLAYER, 'playing', 1_000, { track, positionSeconds: 2 });
    expect(positionAt(playing, 4_000)).toBe(5);
    const paused = doingFrom(playing, 'paused', 4_000);
    expect(positionAt(paused, 99_000)).toBe(5);
    expect([hasEnded(playing, 8_999), hasEnded(playing, 9_000), hasEnded(paused, 99_000)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(positionAt(doingFrom(playing, 'playing', 0, { positionSeconds: 99 }), 0)).toBe(10);
    // A clock that goes back takes nothing away.
    expect(positionAt(playing, 0)).toBe(2);
  });

  test('has a list of bounded length', () => {
    let state = NEW_PLAYER;
    for (let n = 0; n < MOST_IN_PLAYLIST; n++) state = added(state, { ...track, track_id: `t${n}` }) ?? state;
    expect(added(state, track)).toBeNull();
    expect(
      added({ ...state, playlist: state.playlist.slice(0, 2) }, track, 1)?.playlist.map(
        (one) => one.track_id,
      ),
    ).toEqual(['t0', 't', 't1']);
    expect(removed(state, { index: 0 })?.playlist[0]?.track_id).toBe('t1');
    expect(removed(state, { track_id: 't5' })?.playlist).toHaveLength(MOST_IN_PLAYLIST - 1);
    for (const nowhere of [{ index: 100 }, { track_id: 'x' }, {}, { index: 0, track_id: 't1' }])
      expect(removed(state, nowhere)).toBeNull();
  });
});
