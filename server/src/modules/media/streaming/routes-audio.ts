import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { needs, open } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import type { BlockReader } from '../../../kernel/http/block-reader.ts';
import { checkPreconditions } from '../../../kernel/http/preconditions.ts';
import { type FileReply, replyWithStoredFile } from '../../../kernel/http/reply-with-file.ts';
import { varyBy } from '../../../kernel/http/vary.ts';
import { isId } from '../../../kernel/id.ts';
import { openWaveform, readWaveform, waveformToSend } from '../analysis/read-waveform.ts';
import { recordingNotFound, renditionNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { findRecording } from '../recording-repo.ts';
import { AudioQuery, RecordingParams, SignBody, SignedQuery, SignReply, WaveformQuery } from '../schemas.ts';
import { signAddress } from '../signing/sign-address.ts';
import type { AudioSource } from './audio-repo.ts';
import { HINT_HEADERS, readAudioClient } from './client-hints.ts';
import { cacheControl, toFileReply } from './file-reply.ts';
import { pickAudio } from './open-audio.ts';
import { openForReader } from './open-for-reader.ts';

const tags = ['Sound'];
const BYTES = {
  200: Type.String({ format: 'binary', description: 'All bytes' }),
  206: Type.String({ format: 'binary', description: 'The ranges asked for' }),
};
const DEFAULT_POINTS = 2000;
const access = open('public, unlisted, media.read, or a signed address: open-for-reader.ts');

/** The bytes: sound, downloads, waveforms, and signed addresses of them. */
export function registerAudioRoutes(app: App, context: MediaContext, blocks: BlockReader): void {
  registerBytesRoute(app, context, blocks, 'audio');
  registerBytesRoute(app, context, blocks, 'download');
  registerWaveformRoutes(app, context, blocks);

  app.post(
    '/api/recordings/:id/sign',
    {
      config: { access: needs('media.read'), budget: 'api' },
      schema: {
        tags,
        operationId: 'signRecording',
        summary: 'Make a signed address',
        description: 'Opens without a token until it expires; for players and links.',
        params: RecordingParams,
        body: SignBody,
        response: { 200: SignReply },
      },
    },
    async ({ actor, params, body }) => {
      const { path = 'audio', format, quality, normalise, expires_in_seconds: expiresInSeconds } = body;
      const { id } = params;
      const recording = isId(id)
        ? await findRecording(context.kernel.db.kysely, actor.organisationId, id)
        : null;
      if (!recording) throw recordingNotFound();
      return signAddress(context, {
        recordingId: recording.id,
        path: `/api/recordings/${recording.id}/${path}`,
        query: { format, quality, normalise },
        expiresInSeconds,
      });
    },
  );
}

function registerBytesRoute(
  app: App,
  context: MediaContext,
  blocks: BlockReader,
  kind: 'audio' | 'download',
): void {
  const isDownload = kind === 'download';
  app.get(
    `/api/recordings/:id/${kind}`,
    {
      config: { access, budget: 'sound' },
      schema: {
        tags,
        operationId: isDownload ? 'downloadRecording' : 'playRecording',
        summary: isDownload ? 'Download a recording' : 'Play a recording',
        description: isDownload
          ? 'The same bytes as an attachment named after the title.'
          : 'Bytes with Range, conditions and HEAD as RFC 9110. Without a format, the recording’s own.',
        params: RecordingParams,
        querystring: AudioQuery,
        response: BYTES,
      },
    },
    async (request, reply) => {
      const { query, params, actor } = request;
      const source = await openForReader(context, actor, params.id, query);
      const file = await pickAudio(context, source, { ...query, client: readAudioClient(request.headers) });
      if (file.isNegotiated) sayChosen(reply, `/api/recordings/${source.id}/${kind}`, query, file);
      const options = {
        isPublic: source.visibility === 'public',
        downloadAs: isDownload ? file.filename : undefined,
      };
      return send(request, reply, blocks, toFileReply(context, file, options));
    },
  );
}

/** Another client may get another file here: what it depends on, and the address of this one alone. */
function sayChosen(
  reply: FastifyReply,
  path: string,
  query: AudioQuery,
  { format, quality }: { format: string; quality: string },
): void {
  varyBy(reply, HINT_HEADERS);
  reply.header('content-location', `${path}?${new URLSearchParams({ ...query, format, quality })}`);
}

function registerWaveformRoutes(app: App, context: MediaContext, blocks: BlockReader): void {
  app.get(
    '/api/recordings/:id/waveform',
    {
      config: { access, budget: 'sound' },
      schema: {
        tags,
        operationId: 'showWaveform',
        summary: 'Show a recording’s waveform',
        description: 'As many points as asked for, fewer when the sound has fewer.',
        params: RecordingParams,
        querystring: WaveformQuery,
        response: { 200: Type.Ref('Waveform'), 304: Type.Null() },
      },
    },
    async (request, reply) => {
      const { resolution, ...signed } = request.query;
      const source = await openForReader(context, request.actor, request.params.id, signed);
      return replyWithWaveform(request, reply, context, source, resolution);
    },
  );

  app.get(
    '/api/recordings/:id/waveform.dat',
    {
      config: { access, budget: 'sound' },
      schema: {
        tags,
        operationId: 'downloadWaveform',
        summary: 'Download a recording’s waveform',
        description: 'The finest waveform in audiowaveform’s binary format.',
        params: RecordingParams,
        querystring: SignedQuery,
        response: BYTES,
      },
    },
    async (request, reply) => {
      const source = await openForReader(context, request.actor, request.params.id, request.query);
      const file = await openWaveform(context, source);
      const isPublic = source.visibility === 'public';
      return send(request, reply, blocks, toFileReply(context, waveformToSend(file), { isPublic }));
    },
  );
}

/** Answers with a recording's waveform at so many points. */
export async function replyWithWaveform(
  request: FastifyRequest,
  reply: FastifyReply,
  context: MediaContext,
  source: AudioSource,
  resolution = DEFAULT_POINTS,
): Promise<FastifyReply> {
  const file = await openWaveform(context, source);
  const etag = `"${file.sha256.slice(0, 24)}-${resolution}"`;
  reply.headers({ etag, 'cache-control': cacheControl({ isPublic: source.visibility === 'public' }) });
  const found = { etag, modifiedAt: file.modifiedAt };
  if (checkPreconditions(request.method, request.headers, found) === 'not-modified') {
    return reply.code(304).send(null);
  }
  return reply.send(await readWaveform(context, file, resolution));
}

const send = (request: FastifyRequest, reply: FastifyReply, blocks: BlockReader, file: FileReply) =>
  replyWithStoredFile(request, reply, blocks, file, (cause) =>
    renditionNotFound('The file of this sound is not there any more.', cause),
  );
