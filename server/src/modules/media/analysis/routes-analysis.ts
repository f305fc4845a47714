import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { open } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import type { BlockReader } from '../../../kernel/http/block-reader.ts';
import { checkPreconditions } from '../../../kernel/http/preconditions.ts';
import { replyWithStoredFile } from '../../../kernel/http/reply-with-file.ts';
import type { FileToSend } from '../../../kernel/http/send-file.ts';
import { renditionNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { RecordingParams, SignedQuery } from '../schemas.ts';
import type { AudioSource } from '../streaming/audio-repo.ts';
import { cacheControl, toFileReply } from '../streaming/file-reply.ts';
import { openForReader } from '../streaming/open-for-reader.ts';
import { presentLoudness, presentSilences, presentSpectrum } from './present-analysis.ts';
import {
  type CompletedAnalysis,
  openAnalysis,
  openCover,
  openSpectrogram,
  readDetails,
} from './read-analysis.ts';

const tags = ['Sound'];
const access = open('public, unlisted, media.read, or a signed address: open-for-reader.ts');
const PICTURE = {
  200: Type.String({ format: 'binary', description: 'The picture' }),
  206: Type.String({ format: 'binary', description: 'The ranges asked for' }),
};

/** What was measured of a recording, by what it is asked for; each under /api/recordings and /api/audio. */
export const FIGURES = {
  loudness: {
    schema: 'Loudness',
    summary: 'Loudness, clipping and faults',
    description:
      'EBU R128, the loudness over time, where samples are cut off, and what seems wrong as stable codes. 409 with Retry-After while an older recording is measured.',
    present: presentLoudness,
  },
  silences: {
    schema: 'Silences',
    summary: 'Silent stretches',
    description: 'In order; the shortest are left out when there are more than 5,000.',
    present: presentSilences,
  },
  spectrum: {
    schema: 'Spectrum',
    summary: 'Mean spectrum',
    description:
      'Centroid, bandwidth, roll-off, third-octave bands, and a guess where the sound was cut off.',
    present: presentSpectrum,
  },
} as const;
/** A name of {@link FIGURES}. */
export type FigureName = keyof typeof FIGURES;

/** Figures and pictures of a recording. */
export function registerAnalysisRoutes(app: App, context: MediaContext, blocks: BlockReader): void {
  registerFigures(app, context, 'loudness', 'showLoudness');
  registerFigures(app, context, 'silences', 'listSilences');
  registerFigures(app, context, 'spectrum', 'showSpectrum');
  registerPicture(app, context, blocks, {
    name: 'spectrogram.png',
    operationId: 'showSpectrogram',
    summary: 'Spectrogram',
    description:
      'Time from left to right, 0 Hz at the bottom, half the sample rate at the top; 256 pixels high, at most 1,600 wide.',
    openPicture: openSpectrogram,
  });
  registerPicture(app, context, blocks, {
    name: 'cover',
    operationId: 'showCover',
    summary: 'Cover art',
    description: 'The picture in the original file, made anew as a JPEG of at most 1,000 pixels a side.',
    openPicture: openCover,
  });
}

function registerFigures(app: App, context: MediaContext, name: FigureName, operationId: string): void {
  const { schema, summary, description } = FIGURES[name];
  app.get(
    `/api/recordings/:id/${name}`,
    {
      config: { access, budget: 'sound' },
      schema: {
        tags,
        operationId,
        summary,
        description,
        params: RecordingParams,
        querystring: SignedQuery,
        response: { 200: Type.Ref(schema), 304: Type.Null() },
      },
    },
    async (request, reply) => {
      const source = await openForReader(context, request.actor, request.params.id, request.query);
      return replyWithFigures(request, reply, context, source, name);
    },
  );
}

/** Answers with what was measured; its tag changes with the measuring. */
export async function replyWithFigures(
  request: FastifyRequest,
  reply: FastifyReply,
  context: MediaContext,
  source: AudioSource,
  name: FigureName,
): Promise<FastifyReply> {
  const analysis = await openAnalysis(context, source);
  const etag = `"${analysis.detailsSha256.slice(0, 24)}-${name}"`;
  reply.headers({ etag, 'cache-control': cacheControl({ isPublic: source.visibility === 'public' }) });
  const found = { etag, modifiedAt: analysis.analysedAt };
  if (checkPreconditions(request.method, request.headers, found) === 'not-modified') {
    return reply.code(304).send(null);
  }
  return reply.send(FIGURES[name].present(analysis, await readDetails(context, analysis)));
}

interface PictureRoute {
  name: string;
  operationId: string;
  summary: string;
  description: string;
  openPicture: (context: MediaContext, analysis: CompletedAnalysis) => Promise<FileToSend>;
}

function registerPicture(
  app: App,
  context: MediaContext,
  blocks: BlockReader,
  { name, operationId, summary, description, openPicture }: PictureRoute,
): void {
  app.get(
    `/api/recordings/:id/${name}`,
    {
      config: { access, budget: 'sound' },
      schema: {
        tags,
        operationId,
        summary,
        description,
        params: RecordingParams,
        querystring: SignedQuery,
        response: PICTURE,
      },
    },
    async (request, reply) => {
      const source = await openForReader(context, request.actor, request.params.id, request.query);
      const file = await openPicture(context, await openAnalysis(context, source));
      const isPublic = source.visibility === 'public';
      return replyWithStoredFile(request, reply, blocks, toFileReply(context, file, { isPublic }), (cause) =>
        renditionNotFound('The picture of this sound is not there any more.', cause),
      );
    },
  );
}
