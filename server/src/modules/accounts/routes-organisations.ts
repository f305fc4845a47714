import Type from 'typebox';
import { needs, open } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { pageMembers, pageOf } from '../../kernel/http/schemas.ts';
import { signedInActor } from '../../kernel/http/signed-in.ts';
import type { Accounts } from './accounts.ts';
import { changeOrganisation } from './change-organisation.ts';
import { createOrganisation } from './create-organisation.ts';
import { organisationNotFound } from './errors.ts';
import { pageOrganisationsAcrossOrganisations } from './organisation-repo.ts';
import { presentOrganisation } from './present.ts';
import { originOf } from './request.ts';
import * as schemas from './schemas.ts';

/** The organisation one is looking at, and those of the installation. */
export function organisationRoutes(app: App, accounts: Accounts): void {
  const config = { access: needs('organisations.manage') };
  app.get(
    '/api/organisation',
    {
      config: { access: open('names the organisation that this address belongs to') },
      schema: {
        tags: ['organisations'],
        operationId: 'getOrganisation',
        summary: 'The organisation that one is looking at',
        response: { 200: schemas.OwnOrganisation },
      },
    },
    async (request) => {
      const organisation = await accounts.directory.byId(request.actor.organisationId);
      if (!organisation) throw organisationNotFound('This installation is not set up yet.');
      const { name, slug, publicArchive } = organisation;
      return { name, slug, public_archive: publicArchive };
    },
  );
  app.get(
    '/api/admin/organisations',
    {
      config,
      schema: {
        tags: ['organisations'],
        operationId: 'listOrganisations',
        summary: 'Organisations of the installation, oldest first',
        querystring: schemas.PageQuerySchema,
        response: { 200: Type.Ref('OrganisationPage') },
      },
    },
    async (request) => {
      const { page, perPage, window } = pageOf(request.query);
      const { organisations, total } = await pageOrganisationsAcrossOrganisations(accounts.db.kysely, window);
      return { organisations: organisations.map(presentOrganisation), ...pageMembers(page, perPage, total) };
    },
  );
  app.post(
    '/api/admin/organisations',
    {
      config,
      schema: {
        tags: ['organisations'],
        operationId: 'createOrganisation',
        summary: 'Add an organisation',
        body: schemas.OrganisationToCreate,
        response: { 201: Type.Ref('Organisation') },
      },
    },
    async (request, reply) => {
      const organisation = await createOrganisation(
        accounts,
        signedInActor(request),
        request.body,
        originOf(request),
      );
      return reply.code(201).send(presentOrganisation(organisation));
    },
  );
  app.patch(
    '/api/admin/organisations/:organisation',
    {
      config,
      schema: {
        tags: ['organisations'],
        operationId: 'changeOrganisation',
        summary: 'Change what an organisation may keep',
        description: 'A quota below what is there refuses new sound, and removes none.',
        params: schemas.OrganisationParams,
        body: schemas.OrganisationToChange,
        response: { 200: Type.Ref('Organisation') },
      },
    },
    async (request) => {
      const { organisation: id } = request.params;
      const actor = signedInActor(request);
      return presentOrganisation(
        await changeOrganisation(accounts, actor, id, request.body, originOf(request)),
      );
    },
  );
}
