import Type from 'typebox';
import { needs, open } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { signedInActor } from '../../kernel/http/signed-in.ts';
import type { Archive } from './archive.ts';
import { changeDebat } from './change-debat.ts';
import { createDebat } from './create-debat.ts';
import { listDebats } from './list-debats.ts';
import { readDebat } from './read-debat.ts';
import { removeDebat } from './remove-debat.ts';
import { DebatChange, DebatListQuery, DebatParams, DebatRef, NewDebat } from './schemas.ts';

const tags = ['débats'];
const PUBLIC_ONES = open('public débats are anyone’s; the rest is decided per débat by policy.ts');
const JSON_TYPE = 'application/json; charset=utf-8';

/** Débats: list, one, add, change, remove. Replies leave as the text that PostgreSQL wrote. */
export function debatRoutes(app: App, archive: Archive): void {
  readRoutes(app, archive);
  createRoute(app, archive);
  changeRoutes(app, archive);
  removeRoute(app, archive);
}

function readRoutes(app: App, archive: Archive): void {
  app.get(
    '/api/debats',
    {
      config: { access: PUBLIC_ONES },
      schema: {
        tags,
        operationId: 'listDebats',
        summary: 'Débats, newest first unless asked otherwise',
        description: 'Without archive.read only public ones. Totals may be some seconds old.',
        querystring: DebatListQuery,
        response: { 200: Type.Ref('DebatPage') },
      },
    },
    async (request, reply) =>
      reply.type(JSON_TYPE).send(await listDebats(archive, request.actor, request.query)),
  );
  app.get(
    '/api/debats/:id',
    {
      config: { access: PUBLIC_ONES },
      schema: {
        tags,
        operationId: 'getDebat',
        summary: 'One débat with its audio files',
        description: 'Public and unlisted ones for whoever has the id, the rest with archive.read.',
        params: DebatParams,
        response: { 200: DebatRef },
      },
    },
    async (request, reply) =>
      reply.type(JSON_TYPE).send(await readDebat(archive, request.actor, request.params.id)),
  );
}

function createRoute(app: App, archive: Archive): void {
  app.post(
    '/api/debats',
    {
      config: { access: needs('archive.write') },
      schema: {
        tags,
        operationId: 'createDebat',
        summary: 'Add a débat',
        description:
          'From a source address, a recording, or metadata alone. 409 with `debate_id` when the source address ' +
          'is already in the archive.',
        body: NewDebat,
        response: { 201: DebatRef },
      },
    },
    async (request, reply) => {
      const actor = signedInActor(request);
      const id = await createDebat(archive, actor, request.body);
      const json = await readDebat(archive, actor, id);
      return reply.code(201).header('location', `/api/debats/${id}`).type(JSON_TYPE).send(json);
    },
  );
}

function changeRoutes(app: App, archive: Archive): void {
  for (const method of ['PUT', 'PATCH'] as const) {
    app.route({
      method,
      url: '/api/debats/:id',
      config: { access: needs('archive.write') },
      schema: {
        tags,
        operationId: method === 'PUT' ? 'putDebat' : 'patchDebat',
        summary: 'Change a débat',
        description:
          'PUT and PATCH are the same: what the body names is changed, what it leaves out stays as it is. ' +
          'Null empties a field.',
        params: DebatParams,
        body: DebatChange,
        response: { 200: DebatRef },
      },
      handler: async (request, reply) => {
        const actor = signedInActor(request);
        await changeDebat(archive, actor, request.params.id, request.body);
        return reply.type(JSON_TYPE).send(await readDebat(archive, actor, request.params.id));
      },
    });
  }
}

function removeRoute(app: App, archive: Archive): void {
  app.delete(
    '/api/debats/:id',
    {
      config: { access: needs('archive.delete') },
      schema: {
        tags,
        operationId: 'deleteDebat',
        summary: 'Remove a débat',
        description: 'With the recording that its extraction made; a recording that it only used stays.',
        params: DebatParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await removeDebat(archive, signedInActor(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}
