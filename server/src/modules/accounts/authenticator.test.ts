import { describe, expect, it } from 'vitest';
import { unauthenticated } from '../../kernel/http/problem.ts';
import type { AccessClaims } from './access-token.ts';
import { createAuthenticator } from './authenticator.ts';
import { permissionsOf } from './permissions.ts';
import type { SessionActor } from './session-repo.ts';

const claims: AccessClaims = {
  personId: 'ada',
  sessionId: 'session',
  organisationId: 'radio',
  expiresAtMs: 60_000,
};

/** An authenticator on a clock and a session that the test moves. */
function arrange() {
  const state = {
    ms: 0,
    reads: 0,
    session: { role: 'archivist', is_platform_admin: false } as SessionActor | null,
  };
  let read = async () => state.session;
  const authenticator = createAuthenticator({
    clock: { now: () => state.ms },
    directory: {
      anonymous: () => {
        throw new Error('not asked');
      },
    },
    accessTokens: {
      verify: async (token) => {
        if (!token.startsWith('good')) throw unauthenticated('wrong');
        return { ...claims, personId: token.endsWith('bob') ? 'bob' : 'ada' };
      },
    },
    readSession: () => {
      state.reads += 1;
      return read();
    },
  });
  const readBy = (next: () => Promise<SessionActor | null>) => {
    read = next;
  };
  return { state, authenticator, readBy };
}

describe('a token', () => {
  it('is looked up once, and then answered at once', async () => {
    const { state, authenticator } = arrange();
    const actor = await authenticator.authenticate('good');
    expect(actor).toMatchObject({ personId: 'ada', organisationId: 'radio', sessionId: 'session' });
    expect(actor.permissions).toBe(permissionsOf('archivist', false));
    expect(authenticator.authenticate('good')).toBe(actor);
    expect(state.reads).toBe(1);
  });

  it('is looked up once when many ask at the same time', async () => {
    const { state, authenticator } = arrange();
    await Promise.all(Array.from({ length: 20 }, () => authenticator.authenticate('good')));
    expect(state.reads).toBe(1);
  });

  it('is looked up again after a while, and at the latest when it ends', async () => {
    const { state, authenticator } = arrange();
    await authenticator.authenticate('good');
    state.ms = 15_000;
    await authenticator.authenticate('good');
    expect(state.reads).toBe(2);
    state.ms = 29_999;
    expect(authenticator.authenticate('good')).not.toBeInstanceOf(Promise);
    state.ms = 59_000;
    await authenticator.authenticate('good');
    state.ms = 60_000;
    expect(authenticator.authenticate('good')).toBeInstanceOf(Promise);
  });

  it('whose session has ended is refused, each time', async () => {
    const { state, authenticator } = arrange();
    state.session = null;
    await expect(authenticator.authenticate('good')).rejects.toMatchObject({ statusCode: 401 });
    await expect(authenticator.authenticate('good')).rejects.toMatchObject({ statusCode: 401 });
    expect(state.reads).toBe(2);
  });

  it('that is wrong never reaches the database', async () => {
    const { state, authenticator } = arrange();
    await expect(authenticator.authenticate('bad')).rejects.toMatchObject({ statusCode: 401 });
    expect(state.reads).toBe(0);
  });
});

describe('the end of a session', () => {
  it('is felt at the next request of that person, and by nobody else', async () => {
    const { state, authenticator } = arrange();
    await authenticator.authenticate('good');
    const bob = await authenticator.authenticate('good bob');
    state.session = null;
    authenticator.forget('ada');
    await expect(authenticator.authenticate('good')).rejects.toMatchObject({ statusCode: 401 });
    expect(authenticator.authenticate('good bob')).toBe(bob);
    authenticator.forget();
    await expect(authenticator.authenticate('good bob')).rejects.toMatchObject({ statusCode: 401 });
  });

  it('that comes while the session is being read is not overwritten by what was read', async () => {
    const { state, authenticator, readBy } = arrange();
    let answer = (_session: SessionActor | null) => {};
    readBy(() => new Promise((resolve) => (answer = resolve)));
    const early = authenticator.authenticate('good');
    await new Promise((resolve) => setImmediate(resolve));
    authenticator.forget('ada');
    readBy(async () => null);
    const late = authenticator.authenticate('good');
    answer(state.session);
    await early;
    await expect(late).rejects.toMatchObject({ statusCode: 401 });
    await expect(authenticator.authenticate('good')).rejects.toMatchObject({ statusCode: 401 });
  });
});

it('remembers so many tokens and no more', async () => {
  const { state, authenticator } = arrange();
  for (let number = 0; number <= 10_000; number += 1) await authenticator.authenticate(`good ${number}`);
  state.reads = 0;
  await authenticator.authenticate('good 10000');
  expect(state.reads).toBe(0);
  await authenticator.authenticate('good 0');
  expect(state.reads).toBe(1);
});
