import fc from 'fast-check';
import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { newId } from '../../kernel/id.ts';
import { createAccessTokens } from './access-token.ts';

const secretKey = 'a secret for tests only, of enough characters';
const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const clock = { ms: START_MS, now: () => clock.ms };
const config = { secretKey, jwtAlgorithm: 'HS256', accessTokenMinutes: 30 } as const;
const tokens = createAccessTokens(config, clock);
const claims = { personId: newId(), sessionId: newId(), organisationId: newId() };
const bytes = (text: string) => new TextEncoder().encode(text);

/** A token made by hand, right in everything that is not overridden. */
async function forged(change: {
  alg?: string;
  key?: string;
  payload?: object;
  drop?: string;
}): Promise<string> {
  const seconds = Math.floor(START_MS / 1000);
  const payload: Record<string, unknown> = {
    iss: 'antenne',
    sub: claims.personId,
    sid: claims.sessionId,
    org: claims.organisationId,
    iat: seconds,
    exp: seconds + 60,
    ...change.payload,
  };
  if (change.drop) delete payload[change.drop];
  return new SignJWT(payload)
    .setProtectedHeader({ alg: change.alg ?? 'HS256' })
    .sign(bytes(change.key ?? secretKey));
}

describe('an access token', () => {
  it.each(['HS256', 'HS384', 'HS512'] as const)(
    'comes back as it was signed, with %s',
    async (jwtAlgorithm) => {
      const own = createAccessTokens({ ...config, jwtAlgorithm }, clock);
      const token = await own.sign(claims);
      expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toEqual({
        alg: jwtAlgorithm,
        typ: 'JWT',
      });
      expect(await own.verify(token)).toEqual({
        ...claims,
        expiresAtMs: Math.floor(START_MS / 1000) * 1000 + 1_800_000,
      });
    },
  );

  it('ends when its time is over', async () => {
    const token = await tokens.sign(claims);
    clock.ms = START_MS + 1_799_000;
    await expect(tokens.verify(token)).resolves.toMatchObject(claims);
    clock.ms = START_MS + 1_800_000;
    await expect(tokens.verify(token)).rejects.toThrow(/expired/);
    clock.ms = START_MS;
  });

  it('made by hand is accepted when all of it is right', async () => {
    await expect(tokens.verify(await forged({}))).resolves.toMatchObject(claims);
  });

  it.each([
    ['another key', { key: 'another secret, also of enough characters' }],
    ['another algorithm', { alg: 'HS512' }],
    ['another issuer', { payload: { iss: 'vocalyx' } }],
    ['a late end', { payload: { exp: 1 } }],
    ['a start that lies ahead', { payload: { nbf: Math.floor(START_MS / 1000) + 600 } }],
    ['no end', { drop: 'exp' }],
    ['no session', { drop: 'sid' }],
    ['no organisation', { drop: 'org' }],
    ['no person', { drop: 'sub' }],
    ['a session that is no id', { payload: { sid: "' or 1=1 --" } }],
    ['a session that is no text', { payload: { sid: { $ne: null } } }],
  ])('with %s is refused', async (_what, change) => {
    await expect(tokens.verify(await forged(change))).rejects.toMatchObject({ statusCode: 401 });
  });

  it('without a signature is refused, whatever it says of itself', async () => {
    const unsigned = new UnsecuredJWT({ sid: claims.sessionId, org: claims.organisationId })
      .setSubject(claims.personId)
      .setIssuer('antenne')
      .setIssuedAt(START_MS / 1000)
      .setExpirationTime(START_MS / 1000 + 60)
      .encode();
    await expect(tokens.verify(unsigned)).rejects.toMatchObject({ statusCode: 401 });
    for (const alg of ['none', 'None', 'nOnE', 'RS256']) {
      const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
      const [, payload, signature] = (await tokens.sign(claims)).split('.');
      for (const ending of ['', signature]) {
        const token = `${header}.${payload}.${ending}`;
        await expect(tokens.verify(token)).rejects.toMatchObject({ statusCode: 401 });
      }
    }
  });

  it('changed in any character is refused', async () => {
    const token = await tokens.sign(claims);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const place = fc.nat(token.length - 2).filter((index) => token[index] !== '.');
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom(...alphabet), async (index, character) => {
        fc.pre(token[index] !== character);
        const changed = token.slice(0, index) + character + token.slice(index + 1);
        await expect(tokens.verify(changed)).rejects.toMatchObject({ statusCode: 401 });
      }),
      { numRuns: 300 },
    );
  });

  it('that is any text at all is refused, never a failure of ours', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => parts.join('.')),
      fc.json().map((json) => `${Buffer.from(json).toString('base64url')}.e30.x`),
    );
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        await expect(tokens.verify(token)).rejects.toMatchObject({ statusCode: 401 });
      }),
      { numRuns: 300 },
    );
    await expect(tokens.verify('a'.repeat(100_000))).rejects.toMatchObject({ statusCode: 401 });
  });
});
