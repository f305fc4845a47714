import Type from 'typebox';
import { needs, open } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { signedInActor } from '../../kernel/http/signed-in.ts';
import type { Archive } from './archive.ts';
import { cancelExtraction } from './cancel-extraction.ts';
import { readExtraction } from './read-extraction.ts';
import { DebatParams, ExtractBody } from './schemas.ts';
import { startExtraction } from './start-extraction.ts';

const tags = ['débats'];

/** `/api/debats/{id}/extract`: ask for the sound, see how it comes along, call it off. */
export function extractionRoutes(app: App, archive: Archive): void {
  app.post(
    '/api/debats/:id/extract',
    {
      config: { access: needs('archive.write') },
      // A body is optional: the older clients send none.
      preValidation: async (request) => {
        request.body ??= {};
      },
      schema: {
        tags,
        operationId: 'extractDebat',
        summary: 'Extract the sound',
        description:
          'One under way goes on, a failed or cancelled one is tried again. 409 when the sound is there, unless ' +
          'another format or quality is named; 422 without a source address.',
        params: DebatParams,
        body: ExtractBody,
        response: { 202: Type.Ref('DebatExtraction') },
      },
    },
    async (request, reply) => {
      const actor = signedInActor(request);
      const { id } = request.params;
      await startExtraction(archive, actor, id, request.body);
      return reply.code(202).send(await readExtraction(archive, actor, id, request.body));
    },
  );
  app.get(
    '/api/debats/:id/extract',
    {
      config: { access: open('the state of a débat’s sound is as readable as the débat') },
      schema: {
        tags,
        operationId: 'getDebatExtraction',
        summary: 'How the extraction stands',
        params: DebatParams,
        response: { 200: Type.Ref('DebatExtraction') },
      },
    },
    (request) => readExtraction(archive, request.actor, request.params.id),
  );
  app.delete(
    '/api/debats/:id/extract',
    {
      config: { access: needs('archive.write') },
      schema: {
        tags,
        operationId: 'cancelDebatExtraction',
        summary: 'Call the extraction off',
        params: DebatParams,
        response: { 200: Type.Ref('DebatExtraction') },
      },
    },
    async (request) => {
      const actor = signedInActor(request);
      await cancelExtraction(archive, actor, request.params.id);
      return readExtraction(archive, actor, request.params.id);
    },
  );
}
