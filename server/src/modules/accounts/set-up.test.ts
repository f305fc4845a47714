import { afterEach, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp, type TestAppOptions } from '../../../test/harness/app.ts';
import { createOrganisation, signInAs, stoppedClock } from '../../../test/harness/factories/accounts.ts';
import { runSql } from '../../kernel/db/db.ts';
import { accountsModule } from './accounts.module.ts';

const apps: TestApp[] = [];
const start = async (options?: TestAppOptions) => {
  const app = await buildTestApp(options);
  apps.push(app);
  return app;
};
afterEach(async () => {
  for (const app of apps.splice(0).reverse()) await app.end();
});

const form = (link: string | null, more: object = {}) => ({
  token: link?.split('token=')[1],
  organisation_name: 'Radio Évasion',
  username: 'camille',
  email: 'camille@radio.example',
  password: 'le chat dort sur la console',
  ...more,
});
const setUp = ({ app }: TestApp, payload: object) =>
  app.inject({ method: 'POST', url: '/api/setup', payload });
const needed = async ({ app }: TestApp) => (await app.inject('/api/setup')).json();
const link = (app: TestApp) => app.composition.accounts.setupLink();
const count = async (app: TestApp, table: string) =>
  (await runSql<{ n: number }>(app.kernel.db.kysely, `select count(*) as n from ${table}`))[0]?.n;

describe('an installation without anybody', () => {
  it('shows nothing, and says that it waits', async () => {
    const app = await start();
    expect(await needed(app)).toEqual({ needed: true });
    expect((await app.app.inject('/api/organisation')).statusCode).toBe(404);
  });

  it('is set up by the link, once', async () => {
    const app = await start();
    const path = await link(app);
    expect(path).toMatch(/^\/setup\?token=[\w-]{43}$/);
    const reply = await setUp(app, form(path));
    expect(reply.statusCode, reply.body).toBe(201);
    const { access_token, user } = reply.json();
    expect(user).toMatchObject({
      email: 'camille@radio.example',
      full_name: 'camille',
      role: 'administrator',
    });
    const headers = { authorization: `Bearer ${access_token}` };
    const me = (await app.app.inject({ url: '/api/user/me', headers })).json();
    expect(me).toMatchObject({
      username: 'camille',
      is_admin: true,
      is_platform_admin: true,
      organisation: { name: 'Radio Évasion', slug: 'radio-evasion' },
    });
    expect(me.permissions).toContain('organisations.manage');
    expect(await needed(app)).toEqual({ needed: false });
    expect((await app.app.inject('/api/organisation')).json().slug).toBe('radio-evasion');
    expect((await setUp(app, form(path, { username: 'other', email: 'o@o' }))).statusCode).toBe(409);
    expect(await link(app)).toBeNull();
    expect(await app.composition.accounts.createSetupLink()).toBeNull();
  });

  it('of two at once lets exactly one win', async () => {
    const app = await start();
    const beside = await start({ beside: app });
    const path = await link(app);
    const people = ['one', 'two', 'three', 'four'];
    const replies = await Promise.all(
      people.map((name, index) =>
        setUp(index % 2 ? app : beside, form(path, { username: name, email: `${name}@radio.example` })),
      ),
    );
    expect(replies.map((reply) => reply.statusCode).sort()).toEqual([201, 409, 409, 409]);
    expect([await count(app, 'people'), await count(app, 'organisations')]).toEqual([1, 1]);
  });

  it('refuses a link that is wrong, late or replaced by a newer one', async () => {
    const clock = stoppedClock();
    const app = await start({ clock });
    expect((await setUp(app, form('x?token=guess'))).statusCode).toBe(403);
    const first = await link(app);
    clock.advance(1);
    const second = await link(app);
    const replaced = await setUp(app, form(first));
    expect(replaced.statusCode).toBe(403);
    expect(replaced.json().detail).toContain('./antenne setup');
    clock.advance(24 * 3_600_000);
    expect((await setUp(app, form(second))).statusCode).toBe(403);
    const third = await app.composition.accounts.createSetupLink();
    expect((await setUp(app, form(third))).statusCode).toBe(201);
  });

  it('takes the links of every process of one start', async () => {
    const clock = stoppedClock();
    const app = await start({ clock, env: { API_WORKERS: '2' } });
    const first = await link(app);
    clock.advance(2_000);
    await link(app);
    expect((await setUp(app, form(first))).statusCode).toBe(201);
  });

  it('keeps the link when the form has a fault', async () => {
    const app = await start();
    const path = await link(app);
    const faults = [
      await setUp(app, form(path, { password: 'short' })),
      await setUp(app, form(path, { email: 'nothing' })),
      await setUp(app, form(path, { organisation_name: '  ' })),
      await setUp(app, form(path, { is_platform_admin: true })),
    ];
    expect(faults.map((reply) => [reply.statusCode, reply.json().errors[0].field])).toEqual([
      [422, 'password'],
      [422, 'email'],
      [422, 'organisation_name'],
      [422, 'is_platform_admin'],
    ]);
    const good = await setUp(app, form(path, { cookie: true }));
    expect([good.statusCode, good.json().refresh_token]).toEqual([201, null]);
    expect(good.cookies[0]?.name).toBe('antenne_refresh');
  });

  it('keeps hashes of links only', async () => {
    const app = await start();
    const token = (await link(app))?.split('token=')[1] ?? '';
    const [row] = await runSql<{ row: string }>(
      app.kernel.db.kysely,
      'select l::text as row from setup_links l',
    );
    expect(row?.row).toMatch(/^\(/);
    expect(row?.row).not.toContain(token);
    expect(row?.row).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
  });

  it('names the default organisation when there is one already', async () => {
    const app = await start();
    const { id } = await createOrganisation(app, { isDefault: true });
    const reply = await setUp(app, form(await link(app)));
    const headers = { authorization: `Bearer ${reply.json().access_token}` };
    const { organisation } = (await app.app.inject({ url: '/api/user/me', headers })).json();
    expect(organisation).toMatchObject({ id, name: 'Radio Évasion' });
  });
});

describe('INITIAL_ADMIN_EMAIL and INITIAL_ADMIN_PASSWORD', () => {
  const env = {
    APP_NAME: 'Radio Évasion',
    INITIAL_ADMIN_EMAIL: 'Camille.Roux@radio.example',
    INITIAL_ADMIN_PASSWORD: 'le chat dort sur la console',
  };

  it('make the administrator of the installation at the first start', async () => {
    const app = await start({ env });
    expect(await needed(app)).toEqual({ needed: false });
    expect(await link(app)).toBeNull();
    for (const username of ['camille.roux', 'camille.roux@radio.example']) {
      const { headers } = await signInAs(app, { username }, env.INITIAL_ADMIN_PASSWORD);
      expect((await app.app.inject({ url: '/api/user/me', headers })).json()).toMatchObject({
        username: 'Camille.Roux',
        is_platform_admin: true,
        organisation: { name: 'Radio Évasion', slug: 'radio-evasion' },
      });
    }
  });

  it('make one administrator when several processes start at once', async () => {
    const app = await start();
    const modules = processesWith(app, 4);
    await Promise.all(modules.map((module) => module.start?.('api')));
    expect([await count(app, 'people'), await count(app, 'organisations')]).toEqual([1, 1]);
    for (const module of modules) await module.stop?.();
  });

  it('do nothing when somebody is there', async () => {
    const app = await start();
    await setUp(app, form(await link(app)));
    await start({ beside: app, env });
    expect(await count(app, 'people')).toBe(1);
  });

  it('with a password among the first to be guessed are refused outside development', async () => {
    const app = await start();
    const weak = { ...env, INITIAL_ADMIN_PASSWORD: 'motdepasse123' };
    const strict = {
      ...weak,
      ENVIRONMENT: 'staging',
      SECRET_KEY: 'Zq8#vN2!kLp0&xYt7@wRe5^uIo3*sDf9+gHj1=cVb',
    };
    await expect(buildTestApp({ beside: app, env: strict })).rejects.toThrow(
      /INITIAL_ADMIN_PASSWORD is refused/,
    );
    expect(await count(app, 'people')).toBe(0);
    await start({ beside: app, env: weak });
    expect(await count(app, 'people')).toBe(1);
  });

  it('are of no concern to a worker', async () => {
    const app = await start();
    const [module] = processesWith(app, 1);
    await module?.start?.('worker');
    expect(await count(app, 'people')).toBe(0);
    await module?.start?.('api');
    expect(await count(app, 'people')).toBe(1);
    await module?.stop?.();
  });

  /** The module as several processes have it, not yet started. */
  const processesWith = ({ kernel }: TestApp, number: number) => {
    const initialAdmin = { email: env.INITIAL_ADMIN_EMAIL, password: env.INITIAL_ADMIN_PASSWORD };
    const config = { ...kernel.config, appName: env.APP_NAME, initialAdmin };
    return Array.from({ length: number }, () => accountsModule({ ...kernel, config }));
  };
});
