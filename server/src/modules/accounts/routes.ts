import Type from 'typebox';
import { signedIn } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { unauthenticated } from '../../kernel/http/problem.ts';
import { signedInActor } from '../../kernel/http/signed-in.ts';
import type { Accounts } from './accounts.ts';
import { findPerson } from './people-repo.ts';
import { presentMe } from './present.ts';
import { organisationRoutes } from './routes-organisations.ts';
import { peopleRoutes } from './routes-people.ts';
import { setupRoutes } from './routes-setup.ts';
import { signInRoutes } from './routes-sign-in.ts';
import { sharedSchemas } from './schemas.ts';

/** Registers every route of this module. */
export function routes(app: App, accounts: Accounts): void {
  for (const schema of sharedSchemas) app.addSchema(schema);
  signInRoutes(app, accounts);
  meRoute(app, accounts);
  peopleRoutes(app, accounts);
  organisationRoutes(app, accounts);
  setupRoutes(app, accounts);
}

function meRoute(app: App, accounts: Accounts): void {
  app.get(
    '/api/user/me',
    {
      config: { access: signedIn },
      schema: {
        tags: ['sign-in'],
        operationId: 'getMe',
        summary: 'Who am I, and what may I do',
        response: { 200: Type.Ref('Me') },
      },
    },
    async (request) => {
      const { organisationId, personId } = signedInActor(request);
      const person = await findPerson(accounts.db.kysely, organisationId, personId);
      const organisation = await accounts.directory.byId(organisationId);
      if (!person || !organisation) throw unauthenticated('This account is gone.');
      return presentMe(person, organisation);
    },
  );
}
