import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { open } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import type { BlockReader } from '../../../kernel/http/block-reader.ts';
import { replyWithStoredFile } from '../../../kernel/http/reply-with-file.ts';
import { replyWithText } from '../../../kernel/http/reply-with-text.ts';
import { renditionNotFound } from '../errors.ts';
import { SignedQuery } from '../schemas.ts';
import { cacheControl } from './file-reply.ts';
import type { Signed } from './open-for-reader.ts';
import {
  type Hls,
  type HlsRequest,
  type HlsText,
  openMaster,
  openPlaylist,
  openSegment,
} from './open-hls.ts';

const tags = ['Sound'];
const access = open('public, unlisted, media.read, or a signed address: open-track.ts');
const PLAYLIST = 'application/vnd.apple.mpegurl';
const Part = Type.String({ maxLength: 200 });
const Track = Type.String({ maxLength: 100, description: 'Id of a recording' });
const QUALITY_WORDS = 'high (up to 320 kbit/s), medium (192), low (128), mobile (96)';
const LIST = { 200: Type.String({ description: 'A playlist (RFC 8216)' }), 304: Type.Null() };
const BYTES = {
  200: Type.String({ format: 'binary', description: 'All bytes' }),
  206: Type.String({ format: 'binary', description: 'The ranges asked for' }),
};

/** HTTP Live Streaming of whole recordings. */
export function registerHlsRoutes(app: App, hls: Hls, blocks: BlockReader): void {
  registerPlaylistRoutes(app, hls);
  app.get(
    '/hls/:track/:quality/:segment',
    {
      config: { access, budget: 'sound' },
      schema: {
        tags,
        operationId: 'getHlsSegment',
        summary: 'A segment of a recording',
        description:
          'As a playlist names it; its bytes never change. Range, conditions and HEAD as RFC 9110.',
        params: Type.Object({ track: Track, quality: Part, segment: Part }),
        querystring: SignedQuery,
        response: BYTES,
      },
    },
    async (request, reply) => {
      const { quality, segment } = request.params;
      const { file, isPublic } = await openSegment(hls, askedBy(request), quality, segment);
      const options = { file, cacheControl: foreverFor({ isPublic }) };
      return replyWithStoredFile(request, reply, blocks, options, (cause) =>
        renditionNotFound('The file of this sound is not there any more.', cause),
      );
    },
  );
}

function registerPlaylistRoutes(app: App, hls: Hls): void {
  app.get(
    '/hls/:track/master.m3u8',
    {
      config: { access, budget: 'sound' },
      schema: {
        tags,
        operationId: 'getHlsMaster',
        summary: 'Play a recording by HLS',
        description: `The qualities that are there, of ${QUALITY_WORDS}. Addresses in it carry the signature that they need.`,
        params: Type.Object({ track: Track }),
        querystring: SignedQuery,
        response: LIST,
      },
    },
    async (request, reply) => replyWithText(request, reply, toReply(await openMaster(hls, askedBy(request)))),
  );
  app.get(
    '/hls/:track/:quality/playlist.m3u8',
    {
      config: { access, budget: 'sound' },
      schema: {
        tags,
        operationId: 'getHlsPlaylist',
        summary: 'The segments of one quality',
        description: `Of ${QUALITY_WORDS}; 404 for one that is not there yet. Lengths are exact and add up to the whole.`,
        params: Type.Object({ track: Track, quality: Part }),
        querystring: SignedQuery,
        response: LIST,
      },
    },
    async (request, reply) =>
      replyWithText(
        request,
        reply,
        toReply(await openPlaylist(hls, askedBy(request), request.params.quality)),
      ),
  );
}

function askedBy(
  request: Pick<FastifyRequest, 'actor'> & { params: { track: string }; query: Signed },
): HlsRequest {
  return { actor: request.actor, track: request.params.track, signed: request.query };
}

function toReply({ text, isPublic, modifiedAt }: HlsText) {
  return { text, modifiedAt, mimeType: PLAYLIST, cacheControl: cacheControl({ isPublic }) };
}

const YEAR_SECONDS = 31_536_000;

/** A listener may keep a segment for good; what is public may become private, so shared caches ask again soon. */
function foreverFor({ isPublic }: { isPublic: boolean }): string {
  const { scope, sharedSeconds } = isPublic
    ? { scope: 'public', sharedSeconds: ', s-maxage=300' }
    : { scope: 'private', sharedSeconds: '' };
  return `${scope}, max-age=${YEAR_SECONDS}${sharedSeconds}, immutable`;
}
