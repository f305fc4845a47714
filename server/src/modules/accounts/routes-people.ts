import Type from 'typebox';
import { needs } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { pageMembers, pageOf } from '../../kernel/http/schemas.ts';
import { signedInActor } from '../../kernel/http/signed-in.ts';
import { isId } from '../../kernel/id.ts';
import type { Accounts } from './accounts.ts';
import { setPassword } from './change-password.ts';
import { changePerson } from './change-person.ts';
import { createPerson } from './create-person.ts';
import { deletePerson } from './delete-person.ts';
import { personNotFound } from './errors.ts';
import { pagePeople } from './people-repo.ts';
import { roleAsked } from './policy.ts';
import { presentUser } from './present.ts';
import { originOf } from './request.ts';
import * as schemas from './schemas.ts';

/** People of the caller's organisation. */
export function peopleRoutes(app: App, accounts: Accounts): void {
  userRoutes(app, accounts);
  userChangeRoutes(app, accounts);
}

function userRoutes(app: App, accounts: Accounts): void {
  app.get(
    '/api/admin/users',
    {
      config: { access: needs('people.manage') },
      schema: {
        tags: ['people'],
        operationId: 'listUsers',
        summary: 'People of your organisation, by username',
        querystring: schemas.PageQuerySchema,
        response: { 200: Type.Ref('UserPage') },
      },
    },
    async (request) => {
      const { page, perPage, window } = pageOf(request.query);
      const { people, total } = await pagePeople(accounts.db.kysely, request.actor.organisationId, window);
      return { users: people.map(presentUser), ...pageMembers(page, perPage, total) };
    },
  );
  app.post(
    '/api/admin/users',
    {
      config: { access: needs('people.manage') },
      schema: {
        tags: ['people'],
        operationId: 'createUser',
        summary: 'Create a person who holds no more than you',
        body: schemas.UserToCreate,
        response: { 201: Type.Ref('User') },
      },
    },
    async (request, reply) => {
      const { username, password, email = null, full_name: fullName = null, ...rest } = request.body;
      const wanted = {
        username,
        password,
        email,
        fullName,
        role: roleAsked(rest) ?? 'member',
        organisationId: rest.organisation_id,
      };
      const person = await createPerson(accounts, signedInActor(request), wanted, originOf(request));
      return reply.code(201).send(presentUser(person));
    },
  );
}

function userChangeRoutes(app: App, accounts: Accounts): void {
  const config = { access: needs('people.manage') };
  app.patch(
    '/api/admin/users/:id',
    {
      config,
      schema: {
        tags: ['people'],
        operationId: 'updateUser',
        summary: 'Rename, give another role, disable or enable',
        params: schemas.UserParams,
        body: schemas.UserUpdate,
        response: { 200: Type.Ref('User') },
      },
    },
    async (request) => {
      const { full_name: fullName, disabled, ...rights } = request.body;
      const update = { fullName, disabled, role: roleAsked(rights) };
      return presentUser(
        await changePerson(
          accounts,
          signedInActor(request),
          personIdOf(request.params),
          update,
          originOf(request),
        ),
      );
    },
  );
  app.delete(
    '/api/admin/users/:id',
    {
      config,
      schema: {
        tags: ['people'],
        operationId: 'deleteUser',
        summary: 'Delete a person; what they made stays',
        params: schemas.UserParams,
        response: { 204: schemas.NoContent },
      },
    },
    async (request, reply) => {
      await deletePerson(accounts, signedInActor(request), personIdOf(request.params), originOf(request));
      return reply.code(204).send(null);
    },
  );
  app.put(
    '/api/admin/users/:id/password',
    {
      config: { ...config, budget: 'strict' },
      schema: {
        tags: ['people'],
        operationId: 'setUserPassword',
        summary: 'Set someone’s password; their sessions end',
        params: schemas.UserParams,
        body: schemas.PasswordToSet,
        response: { 204: schemas.NoContent },
      },
    },
    async (request, reply) => {
      const { password } = request.body;
      await setPassword(
        accounts,
        signedInActor(request),
        personIdOf(request.params),
        password,
        originOf(request),
      );
      return reply.code(204).send(null);
    },
  );
}

function personIdOf({ id }: { id: string }): string {
  if (!isId(id)) throw personNotFound('There is no such person in your organisation.');
  // As the database writes it, since ids are compared as text too.
  return id.toLowerCase();
}
