import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { open } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { replyWithStoredFile } from '../../kernel/http/reply-with-file.ts';
import { varyBy } from '../../kernel/http/vary.ts';
import { AudioQuery, HINT_HEADERS, readAudioClient } from '../media/public.ts';
import type { Archive } from './archive.ts';
import { noAudio } from './errors.ts';
import { type DebatAudio, openDebatAudio } from './open-debat-audio.ts';
import { visitorOf } from './request.ts';
import { DebatParams } from './schemas.ts';
import { readStreaming } from './show-streaming.ts';

const tags = ['débats'];
const READABLE = open('whoever may read the débat, or holds a signed address, may hear it');
const JSON_TYPE = 'application/json; charset=utf-8';
const BYTES = {
  200: Type.String({ format: 'binary', description: 'All bytes' }),
  206: Type.String({ format: 'binary', description: 'The ranges asked for' }),
};

/** What plays: addresses, bytes with Range, and a file to keep. */
export function audioRoutes(app: App, archive: Archive): void {
  app.get(
    '/api/debats/:id/streaming',
    {
      config: { access: READABLE },
      schema: {
        tags,
        operationId: 'getDebatStreaming',
        summary: 'Signed addresses to play from',
        params: DebatParams,
        response: { 200: Type.Ref('DebatStreaming') },
      },
    },
    async (request, reply) => {
      const { actor, params } = request;
      const streaming = await readStreaming(archive, actor, params.id);
      const visit = { organisationId: actor.organisationId, debatId: params.id.toLowerCase() };
      archive.visits.note({ ...visit, kind: 'view', sent: null }, visitorOf(request));
      return reply.type(JSON_TYPE).send(streaming);
    },
  );
  bytesRoute(app, archive, 'audio');
  bytesRoute(app, archive, 'download');
}

function bytesRoute(app: App, archive: Archive, kind: 'audio' | 'download'): void {
  const isDownload = kind === 'download';
  app.get(
    `/api/debats/:id/${kind}`,
    {
      config: { access: READABLE, budget: 'sound' },
      schema: {
        tags,
        operationId: isDownload ? 'downloadDebat' : 'playDebat',
        summary: isDownload ? 'The sound as a file to keep' : 'The sound, with Range',
        params: DebatParams,
        querystring: AudioQuery,
        response: BYTES,
      },
    },
    async (request, reply) => {
      const client = readAudioClient(request.headers);
      const audio = await openDebatAudio(archive, request.actor, request.params.id, request.query, client);
      if (audio.file.isNegotiated) sayChosen(request, reply, audio.file);
      if (isBeginning(request)) noteVisit(archive, request, audio, isDownload ? 'download' : 'stream');
      return send(archive, request, reply, audio, isDownload ? audio.downloadName : undefined);
    },
  );
}

/** Another client may get another file here: what it depends on, and the address of this one alone. */
function sayChosen(
  { url, query }: { url: string; query: AudioQuery },
  reply: FastifyReply,
  { format, quality }: DebatAudio['file'],
): void {
  varyBy(reply, HINT_HEADERS);
  const [path] = url.split('?');
  reply.header('content-location', `${path}?${new URLSearchParams({ ...query, format, quality })}`);
}

/** A player asks for many stretches of one hearing: only the first byte begins one. */
function isBeginning({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && (headers.range === undefined || /^bytes=0-/.test(headers.range));
}

function noteVisit(
  { visits }: Archive,
  request: FastifyRequest,
  { debat, file }: DebatAudio,
  kind: 'stream' | 'download',
): void {
  const { organisationId, id: debatId, recordingId } = debat;
  const { format, quality, normalised } = file;
  const sent = recordingId === null ? null : { recordingId, format, quality, normalised };
  visits.note({ organisationId, debatId, kind, sent }, visitorOf(request));
}

function send(
  { media }: Archive,
  request: FastifyRequest,
  reply: FastifyReply,
  { debat, file }: DebatAudio,
  downloadAs: string | undefined,
): Promise<FastifyReply> {
  const options = { isPublic: debat.visibility === 'public', downloadAs };
  return replyWithStoredFile(request, reply, media.blocks, media.toFileReply(file, options), (cause) =>
    noAudio('The file of this sound is not there any more.', cause),
  );
}
