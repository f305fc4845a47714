import Type from 'typebox';
import { needs } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { signedInActor } from '../../kernel/http/signed-in.ts';
import type { Archive } from './archive.ts';
import { bringSample } from './bring-sample.ts';

const Ids = Type.Array(Type.String({ format: 'uuid' }));

/** `/api/setup/sample`: something to hear before anything of one's own is there. */
export function sampleRoutes(app: App, archive: Archive): void {
  app.post(
    '/api/setup/sample',
    {
      config: { access: needs('archive.write') },
      schema: {
        tags: ['set-up'],
        operationId: 'bringSample',
        summary: 'Bring the sample',
        description:
          'One débat of an invented assembly with nearly three minutes of speech, made ready like any upload. ' +
          'Asked for again, it names the same ones.',
        response: { 201: Type.Object({ debate_ids: Ids, recording_ids: Ids }) },
      },
    },
    async (request, reply) => {
      const { debatIds, recordingIds } = await bringSample(archive, signedInActor(request));
      return reply.code(201).send({ debate_ids: debatIds, recording_ids: recordingIds });
    },
  );
}
