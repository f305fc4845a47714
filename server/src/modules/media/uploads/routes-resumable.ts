import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { needs, open } from '../../../kernel/auth/access.ts';
import { isSignedIn } from '../../../kernel/auth/actor.ts';
import type { App } from '../../../kernel/http/app.ts';
import { notFound, unauthenticated } from '../../../kernel/http/problem.ts';
import { isId } from '../../../kernel/id.ts';
import { notAPiece, uploadNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { appendToUpload } from './append-to-upload.ts';
import { createUpload } from './create-upload.ts';
import { endUpload } from './end-upload.ts';
import type { Progress, ResumableUpload } from './resumable.ts';
import { CreationHeaders, PieceHeaders, TusHeaders, UploadParams } from './resumable-schemas.ts';
import { readProgress } from './resume-whole.ts';
import {
  assertTusVersion,
  PIECE_TYPE,
  readChecksum,
  readContentLength,
  readUploadLength,
  readUploadOffset,
  TUS_CHECKSUMS,
  TUS_EXTENSIONS,
  TUS_VERSION,
} from './tus-headers.ts';
import { findOwnUpload } from './upload-holds.ts';

const tags = ['Recordings'];
/** Many small pieces are normal: they are sound, not calls. */
const config = { access: needs('media.write'), budget: 'sound' } as const;
/** Headers are read by hand; see resumable-schemas.ts. */
const validatorCompiler = () => () => true;
/** Making the recording of a large file reads all of it once more, while its connection is silent. */
const FINISHING_MS = 900_000;
/** How much of a refused piece is read and thrown away, so that its sender gets to the reply. */
const MOST_IGNORED_BYTES = 64 * 1024 * 1024;

/** Uploads in pieces, by the protocol tus 1.0.0. */
export function registerResumableRoutes(app: App, context: MediaContext): void {
  void app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(PIECE_TYPE, (_request, body, done) => done(null, body));
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.header('tus-resumable', TUS_VERSION);
      done();
    });
    // What has arrived is noted, so that the next process goes on from there at once.
    scope.addHook('preClose', (done) => {
      for (const hold of context.holds.values()) hold.abort(new Error('this process stops'));
      done();
    });
    registerCreation(scope, context);
    registerPieces(scope, context);
    registerStanding(scope, context);
  });
}

function registerCreation(scope: App, context: MediaContext): void {
  scope.options(
    '/api/uploads',
    {
      // The preflight of browsers and the question of tus clients are one request: both are answered.
      config: { access: open('what the protocol can do is no secret'), cors: { preflightContinue: true } },
      schema: {
        tags,
        operationId: 'describeUploads',
        summary: 'What resumable uploads can do',
        description: 'Version, extensions, checksums and the largest size, in `Tus-…` headers.',
        response: { 204: Type.Null() },
      },
    },
    async (_request, reply) => reply.code(204).headers(abilities(context)).send(null),
  );

  scope.post(
    '/api/uploads',
    {
      config,
      validatorCompiler,
      schema: {
        tags,
        operationId: 'createUpload',
        summary: 'Begin a resumable upload',
        description:
          'tus 1.0.0. `Location` says where the pieces go; a first piece may come along as the body. The recording ' +
          'exists once all bytes are here: the last reply says so in `Recording-Id` and `Recording-Location`.',
        headers: CreationHeaders,
        response: { 201: Type.Ref('Upload') },
      },
    },
    async (request, reply) => {
      const { actor, headers } = request;
      assertTusVersion(headers);
      if (!isSignedIn(actor)) throw unauthenticated('Sign in first.');
      const sizeBytes = readUploadLength(headers);
      const metadata = headers['upload-metadata']?.toString();
      const upload = await createUpload(context, actor, { sizeBytes, metadata });
      const url = `${request.originalUrl.split('?', 1)[0]?.replace(/\/+$/, '')}/${upload.id}`;
      reply.code(201).header('location', url);
      const progress =
        request.body instanceof Readable
          ? await takePiece(context, upload, request, 0)
          : { offsetBytes: 0, expiresAt: upload.expiresAt, recordingId: null };
      tell(request, reply, progress);
      const { offsetBytes: offset, expiresAt, recordingId: recording_id } = progress;
      const expires_at = expiresAt.toISOString();
      return { id: upload.id, url, offset, size: sizeBytes, expires_at, recording_id };
    },
  );
}

function registerPieces(scope: App, context: MediaContext): void {
  const append = async (id: string, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const upload = await findOwnUpload(context, request.actor, id);
    assertTusVersion(request.headers);
    const isPiece = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === PIECE_TYPE;
    if (!isPiece) throw notAPiece(`Send the bytes with the content type ${PIECE_TYPE}.`);
    tell(request, reply, await takePiece(context, upload, request, readUploadOffset(request.headers)));
  };

  scope.patch(
    '/api/uploads/:id',
    {
      config,
      validatorCompiler,
      schema: {
        tags,
        operationId: 'continueUpload',
        summary: 'Send a piece of an upload',
        description:
          'What the reply acknowledges in `Upload-Offset` is on the disk. 409 when the piece does not begin where ' +
          'the upload stands, 423 while another request writes, 460 when the checksum does not match.',
        params: UploadParams,
        headers: PieceHeaders,
        consumes: [PIECE_TYPE],
        body: Type.String({ format: 'binary' }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await append(pathId(request.params), request, reply);
      return reply.code(204).send(null);
    },
  );

  // For clients whose network lets no PATCH through (tus: X-HTTP-Method-Override).
  scope.post(
    '/api/uploads/:id',
    {
      config,
      validatorCompiler,
      schema: { hide: true, params: UploadParams, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      if (request.headers['x-http-method-override'] !== 'PATCH') {
        throw notFound('Pieces are sent with PATCH, or with X-HTTP-Method-Override: PATCH.');
      }
      await append(pathId(request.params), request, reply);
      return reply.code(204).send(null);
    },
  );
}

function registerStanding(scope: App, context: MediaContext): void {
  scope.head(
    '/api/uploads/:id',
    {
      config: { ...config, swagger: { exposeHeadRoute: true } },
      schema: {
        tags,
        operationId: 'showUpload',
        summary: 'How far an upload is',
        description: 'In `Upload-Offset`; when it has become a recording, its id in `Recording-Id`.',
        params: UploadParams,
        response: { 200: Type.Null() },
      },
    },
    async (request, reply) => {
      const upload = await findOwnUpload(context, request.actor, pathId(request.params));
      assertTusVersion(request.headers);
      reply.header('cache-control', 'no-store').header('upload-length', String(upload.sizeBytes));
      if (upload.metadata !== null) reply.header('upload-metadata', upload.metadata);
      expectSilence(request);
      tell(request, reply, await readProgress(context, upload));
      return reply.code(200).send(null);
    },
  );

  scope.delete(
    '/api/uploads/:id',
    {
      config,
      validatorCompiler,
      schema: {
        tags,
        operationId: 'endUpload',
        summary: 'Give an upload up',
        description: 'Its bytes are removed. 409 when it has become a recording.',
        params: UploadParams,
        headers: TusHeaders,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const upload = await findOwnUpload(context, request.actor, pathId(request.params));
      assertTusVersion(request.headers);
      await endUpload(context, upload);
      return reply.code(204).send(null);
    },
  );
}

async function takePiece(
  context: MediaContext,
  upload: ResumableUpload,
  request: FastifyRequest,
  offsetBytes: number,
): Promise<Progress> {
  const { body, headers } = request;
  try {
    return await appendToUpload(context, upload, {
      offsetBytes,
      body: body instanceof Readable ? body : null,
      announcedBytes: readContentLength(headers),
      checksum: readChecksum(headers),
      onWhole: () => expectSilence(request),
    });
  } catch (error) {
    letRestPass(request);
    throw error;
  }
}

function tell(request: FastifyRequest, reply: FastifyReply, progress: Progress): void {
  reply.header('upload-offset', String(progress.offsetBytes));
  reply.header('upload-expires', progress.expiresAt.toUTCString());
  if (progress.recordingId === null) return;
  const root = request.originalUrl.startsWith('/api/v1/') ? '/api/v1' : '/api';
  reply.header('recording-id', progress.recordingId);
  reply.header('recording-location', `${root}/recordings/${progress.recordingId}`);
}

function abilities({ kernel }: MediaContext): Record<string, string> {
  return {
    'tus-version': TUS_VERSION,
    'tus-extension': TUS_EXTENSIONS,
    'tus-checksum-algorithm': TUS_CHECKSUMS,
    'tus-max-size': String(kernel.config.uploadMaxBytes),
  };
}

/** The next reply of the connection sets its usual limit again. */
function expectSilence({ raw }: FastifyRequest): void {
  raw.socket?.setTimeout?.(FINISHING_MS);
}

function letRestPass({ raw }: FastifyRequest): void {
  let leftBytes = MOST_IGNORED_BYTES;
  raw.on('data', (chunk: Buffer) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) raw.destroy();
  });
}

function pathId({ id }: { id: string }): string {
  if (!isId(id)) throw uploadNotFound();
  return id;
}
