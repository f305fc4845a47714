import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../src/modules/accounts/public.ts';
import { buildTestApp, type TestApp } from '../harness/app.ts';

const at = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));

let test: TestApp;
let contract: { info: { version: string }; paths: Record<string, Record<string, { operationId?: string }>> };

beforeAll(async () => {
  const { version } = JSON.parse(await readFile(at('package.json'), 'utf8')) as { version: string };
  test = await buildTestApp({ env: { VERSION: version } });
  contract = JSON.parse((await test.app.inject('/openapi.json')).body);
});
afterAll(() => test.end());

describe('the contract', () => {
  it('is a valid OpenAPI document', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(contract));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  // Written again by: npx vitest run server/test/rules/contract.test.ts -u && npm run generate -w client
  it('is the one in server/openapi.json', async () => {
    await expect(`${JSON.stringify(contract, null, 2)}\n`).toMatchFileSnapshot(at('server/openapi.json'));
  });

  it('names each operation once', () => {
    const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({
        route: `${method} ${path}`,
        operationId,
      })),
    );
    expect(operations.length).toBeGreaterThan(30);
    expect(operations.filter(({ operationId }) => !operationId)).toEqual([]);
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });
});

describe('each route', () => {
  it('needs a permission that some role can hold', () => {
    expect(test.routes.length).toBeGreaterThan(40);
    const known = new Set<string>(PERMISSIONS);
    const unknown = test.routes.filter(
      ({ access }) => access.kind === 'permission' && !known.has(access.permission),
    );
    expect(unknown.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  });

  it('that writes is never open, but for the ways to sign in', () => {
    const openWrites = test.routes.filter(
      ({ method, access }) =>
        method !== 'GET' && method !== 'OPTIONS' && (access.kind === 'open' || access.kind === 'door'),
    );
    expect(openWrites.map(({ method, url }) => `${method} ${url}`).toSorted()).toEqual([
      'POST /api/auth/login',
      'POST /api/auth/logout',
      'POST /api/auth/refresh',
      'POST /api/auth/token',
      'POST /api/setup',
      // Writes nothing: its answer is computed from what may be heard.
      'POST /api/streaming/session',
    ]);
  });

  it('of the contract declares its replies', () => {
    const without = test.routes.filter(({ isInContract, hasReplySchema }) => isInContract && !hasReplySchema);
    expect(without.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  });
});
