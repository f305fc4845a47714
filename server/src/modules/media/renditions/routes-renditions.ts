import { needs, open } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import { isId } from '../../../kernel/id.ts';
import { recordingNotFound, renditionNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { mayRead } from '../policy.ts';
import { presentRendition } from '../present.ts';
import { findRecording } from '../recording-repo.ts';
import { pathId } from '../routes-recordings.ts';
import {
  RecordingParams,
  RenditionBody,
  RenditionList,
  RenditionParams,
  RenditionReply,
} from '../schemas.ts';
import { cancelRendition } from './cancel-rendition.ts';
import type { Rendition } from './rendition.ts';
import { listRenditions } from './rendition-repo.ts';
import { requestRendition } from './request-rendition.ts';

const tags = ['Renditions'];

/** The files that play: which there are, asking for others, and ending what is under way. */
export function registerRenditionRoutes(app: App, context: MediaContext): void {
  const { db } = context.kernel;

  app.get(
    '/api/recordings/:id/renditions',
    {
      config: {
        access: open('hidden unless public, unlisted, or the actor holds media.read'),
        budget: 'api',
      },
      schema: {
        tags,
        operationId: 'listRenditions',
        summary: 'The renditions of a recording',
        description: 'Those that play, wait, are made or failed, with how far they are.',
        params: RecordingParams,
        response: { 200: RenditionList },
      },
    },
    async ({ actor, params }) => {
      const recording = await findRecording(db.kysely, actor.organisationId, pathId(params));
      if (!recording || !mayRead(actor, recording)) throw recordingNotFound();
      const renditions = await listRenditions(db.kysely, actor.organisationId, [recording.id]);
      return { renditions: renditions.map(presentRendition) };
    },
  );

  app.post(
    '/api/recordings/:id/renditions',
    {
      config: { access: needs('media.write'), budget: 'api' },
      schema: {
        tags,
        operationId: 'requestRendition',
        summary: 'Ask for a rendition',
        description:
          '202 while it waits or is made, 200 once it is there; made once for all who ask. One that failed or was ' +
          'cancelled starts again. 429 with Retry-After when too many wait already.',
        params: RecordingParams,
        body: RenditionBody,
        response: { 200: RenditionReply, 202: RenditionReply },
      },
    },
    async ({ actor, params, body }, reply) => {
      const id = pathId(params);
      const rendition = await db.transaction((tx) =>
        requestRendition(tx, context, actor.organisationId, id, body),
      );
      return reply.code(rendition.status === 'completed' ? 200 : 202).send(presentWithJob(rendition));
    },
  );

  app.post(
    '/api/recordings/:id/renditions/:rendition/cancel',
    {
      config: { access: needs('media.write'), budget: 'api' },
      schema: {
        tags,
        operationId: 'cancelRendition',
        summary: 'Cancel a rendition that waits or is made',
        description: 'It ends in error; asking for it again starts anew.',
        params: RenditionParams,
        response: { 200: RenditionReply },
      },
    },
    async ({ actor, params }) => {
      const id = pathId(params);
      if (!isId(params.rendition)) throw renditionNotFound('There is no such rendition.');
      const rendition = await db.transaction((tx) =>
        cancelRendition(tx, context, actor.organisationId, id, params.rendition),
      );
      return presentWithJob(rendition);
    },
  );
}

function presentWithJob(rendition: Rendition) {
  const { recordingId, jobId } = rendition;
  return { ...presentRendition(rendition), recording_id: recordingId, job_id: jobId };
}
