import Type from 'typebox';
import { signedIn } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { unauthenticated } from '../../kernel/http/problem.ts';
import type { Accounts } from './accounts.ts';
import { organisationRoutes } from './organisation-routes.ts';
import { findPerson } from './people-repo.ts';
import { peopleRoutes } from './people-routes.ts';
import { presentMe } from './present.ts';
import { actorOf } from './request.ts';
import { sharedSchemas } from './schemas.ts';
import { setupRoutes } from './setup-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';

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
      const { organisationId, personId } = actorOf(request);
      const person = await findPerson(accounts.db.kysely, organisationId, personId);
      const organisation = await accounts.directory.byId(organisationId);
      if (!person || !organisation) throw unauthenticated('This account is gone.');
      return presentMe(person, organisation);
    },
  );
}
