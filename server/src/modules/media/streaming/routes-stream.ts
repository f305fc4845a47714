import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { door } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import type { BlockReader } from '../../../kernel/http/block-reader.ts';
import { replyWithStoredFile } from '../../../kernel/http/reply-with-file.ts';
import { varyBy } from '../../../kernel/http/vary.ts';
import { renditionNotFound } from '../errors.ts';
import { originOf } from '../extraction/request-origin.ts';
import type { MediaContext } from '../media-context.ts';
import { AudioQuery } from '../schemas.ts';
import type { AccessLog } from '../signing/access-log.ts';
import { HINT_HEADERS, readAudioClient } from './client-hints.ts';
import { toFileReply } from './file-reply.ts';
import { openStream, type StreamRequest } from './open-stream.ts';

const access = door('the signature of the address decides: open-stream.ts');

const StreamQuery = Type.Object({
  expires: Type.Optional(Type.String({ maxLength: 20, description: 'Unix seconds' })),
  sig: Type.Optional(Type.String({ maxLength: 128, description: 'Hex HMAC-SHA256 of `filename|expires`' })),
  quality: Type.Optional(
    Type.String({
      maxLength: 20,
      description: '`high`, `medium`, `low`, `mobile`, `auto`, or a rate such as `192k`',
    }),
  ),
  kid: Type.Optional(Type.String({ maxLength: 64, description: 'Which key signed' })),
  ip: Type.Optional(Type.String({ maxLength: 64, description: 'Bound to this client; signed too' })),
  normalise: AudioQuery.properties.normalise,
  user: Type.Optional(Type.String({ maxLength: 200, description: 'Bound to this person; signed too' })),
});

/** Files by signed addresses that back ends make themselves. */
export function registerStreamRoutes(
  app: App,
  context: MediaContext,
  { accesses, blocks }: { accesses: AccessLog; blocks: BlockReader },
): void {
  app.get(
    '/stream/:filename',
    {
      config: { access, budget: 'sound' },
      schema: {
        tags: ['Sound'],
        operationId: 'streamFile',
        summary: 'Play a file by a signed address',
        description:
          'The name is a rendition’s file name or a recording’s id, with or without extension. Range, conditions and HEAD as RFC 9110.',
        params: Type.Object({ filename: Type.String() }),
        querystring: StreamQuery,
        response: {
          200: Type.String({ format: 'binary', description: 'All bytes' }),
          206: Type.String({ format: 'binary', description: 'The ranges asked for' }),
        },
      },
    },
    async (request, reply) => {
      const asked = toStreamRequest(request, request.params.filename, request.query);
      const opened = await openStream(context, accesses, asked);
      if (opened.isNegotiated) varyBy(reply, HINT_HEADERS);
      const file = toFileReply(context, opened, { isPublic: false });
      return replyWithStoredFile(request, reply, blocks, file, (cause) =>
        renditionNotFound('The file of this sound is not there any more.', cause),
      );
    },
  );
  // Names with slashes: nothing is there, and who tries to leave the folder is told and noted as above.
  app.get(
    '/stream/*',
    { config: { access, budget: 'sound' }, schema: { hide: true, querystring: StreamQuery } },
    async (request) => {
      const { '*': name } = request.params as { '*': string };
      await openStream(context, accesses, toStreamRequest(request, name, request.query));
    },
  );
}

function toStreamRequest(
  request: Pick<FastifyRequest, 'actor' | 'ip' | 'headers'>,
  name: string,
  query: Static<typeof StreamQuery>,
): StreamRequest {
  const { actor, headers } = request;
  return {
    actor,
    name,
    query,
    client: readAudioClient(headers),
    origin: originOf(request),
    isBeginning: headers.range === undefined || /^bytes=0-/.test(headers.range),
  };
}
