import Type from 'typebox';
import { door } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import type { Accounts } from './accounts.ts';
import { originOf } from './request.ts';
import { sendSignedIn } from './routes-sign-in.ts';
import * as schemas from './schemas.ts';
import { isSetupNeeded, setUp } from './set-up.ts';

/** The set-up by a one-time link. */
export function setupRoutes(app: App, accounts: Accounts): void {
  app.get(
    '/api/setup',
    {
      config: { access: door('says only whether somebody is there') },
      schema: {
        tags: ['set-up'],
        operationId: 'getSetup',
        summary: 'Does the installation wait for its set-up?',
        response: { 200: schemas.SetupState },
      },
    },
    async () => ({ needed: await isSetupNeeded(accounts) }),
  );
  app.post(
    '/api/setup',
    {
      config: { access: door('the one-time token is checked'), budget: 'strict' },
      schema: {
        tags: ['set-up'],
        operationId: 'setUp',
        summary: 'Make the organisation and its administrator, and sign in',
        body: schemas.SetupForm,
        response: { 201: Type.Ref('SignedIn') },
      },
    },
    async (request, reply) => {
      const { organisation_name: organisationName, cookie = false, ...rest } = request.body;
      const signed = await setUp(accounts, { ...rest, organisationName }, originOf(request));
      return sendSignedIn(accounts, reply.code(201), signed, cookie);
    },
  );
}
