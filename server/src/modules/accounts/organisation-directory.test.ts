import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { NO_ORGANISATION_ID, type Organisation } from './organisation.ts';
import { createOrganisationDirectory } from './organisation-directory.ts';

const organisation = (id: string, more: Partial<Organisation> = {}): Organisation => ({
  id,
  name: id,
  slug: id,
  hostnames: [],
  publicArchive: true,
  isDefault: false,
  quotaBytes: null,
  createdAt: new Date(0),
  ...more,
});

function arrange(organisations: Organisation[]) {
  const state = {
    ms: 0,
    reads: 0,
    organisations,
    fails: false,
    before: undefined as Promise<void> | undefined,
  };
  const directory = createOrganisationDirectory({
    clock: { now: () => state.ms },
    log: pino({ level: 'silent' }),
    readAll: async () => {
      state.reads += 1;
      const found = state.organisations;
      await state.before;
      if (state.fails) throw new Error('the database is away');
      return found;
    },
  });
  return { state, directory };
}

const radio = organisation('radio', { hostnames: ['radio.example'], isDefault: true });
const house = organisation('house', { hostnames: ['assembly.example', 'www.assembly.example'] });

describe('an anonymous reader', () => {
  it('looks at the organisation of the host, else at the default one', async () => {
    const { directory } = arrange([radio, house]);
    expect((await directory.anonymous('WWW.Assembly.example')).organisationId).toBe('house');
    expect((await directory.anonymous('elsewhere.example')).organisationId).toBe('radio');
    expect((await directory.byHost('radio.example'))?.id).toBe('radio');
    expect((await directory.byId('house'))?.hostnames).toContain('assembly.example');
    expect(await directory.byId('none')).toBeNull();
  });

  it('holds nothing', async () => {
    const { directory } = arrange([radio]);
    const actor = await directory.anonymous('radio.example');
    expect(actor).toMatchObject({ personId: null, sessionId: null, isPlatformAdmin: false });
    expect(actor.permissions.size).toBe(0);
  });

  it('finds nothing before the set-up', async () => {
    const { directory } = arrange([]);
    expect((await directory.anonymous('radio.example')).organisationId).toBe(NO_ORGANISATION_ID);
    expect(await directory.byHost('radio.example')).toBeNull();
  });
});

describe('the memory', () => {
  it('answers at once, some seconds long', async () => {
    const { state, directory } = arrange([radio]);
    await Promise.all([directory.anonymous('a'), directory.anonymous('b'), directory.byId('radio')]);
    expect(state.reads).toBe(1);
    state.ms = 4_999;
    expect(directory.anonymous('a')).not.toBeInstanceOf(Promise);
    state.ms = 5_000;
    await directory.anonymous('a');
    expect(state.reads).toBe(2);
  });

  it('is renewed after a change', async () => {
    const { state, directory } = arrange([]);
    await directory.anonymous('radio.example');
    state.organisations = [radio];
    directory.forget();
    expect((await directory.anonymous('radio.example')).organisationId).toBe('radio');
  });

  it('does not keep what was being read while a change came', async () => {
    const { state, directory } = arrange([]);
    const slow = Promise.withResolvers<void>();
    state.before = slow.promise;
    const early = directory.anonymous('radio.example');
    state.before = undefined;
    state.organisations = [radio];
    directory.forget();
    await directory.anonymous('radio.example');
    slow.resolve();
    expect((await early).organisationId).toBe(NO_ORGANISATION_ID);
    expect((await directory.anonymous('radio.example')).organisationId).toBe('radio');
  });

  it('stands in while the database is away, so that health can answer', async () => {
    const { state, directory } = arrange([radio]);
    await directory.anonymous('radio.example');
    state.ms = 60_000;
    state.fails = true;
    expect((await directory.anonymous('radio.example')).organisationId).toBe('radio');
    await expect(directory.byId('radio')).rejects.toThrow(/away/);
  });

  it('is empty when the database was never there', async () => {
    const { state, directory } = arrange([radio]);
    state.fails = true;
    expect((await directory.anonymous('radio.example')).organisationId).toBe(NO_ORGANISATION_ID);
    state.fails = false;
    expect((await directory.anonymous('radio.example')).organisationId).toBe('radio');
  });
});
