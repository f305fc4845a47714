import Type from 'typebox';
import { open } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import { FileParams } from '../analysis/analysis-schemas.ts';
import { FIGURES, type FigureName, replyWithFigures } from '../analysis/routes-analysis.ts';
import type { MediaContext } from '../media-context.ts';
import { SignedQuery, WaveformQuery } from '../schemas.ts';
import { cacheControl } from './file-reply.ts';
import { openAudioFile } from './open-audio-file.ts';
import { readAudioMetadata } from './read-audio-metadata.ts';
import { replyWithWaveform } from './routes-audio.ts';

const tags = ['Sound'];
const access = open('public, unlisted, media.read, or a signed address: open-for-reader.ts');

/** Everything below /api/audio: a recording by its id, or by the file name of one of its renditions. */
export function registerAudioFileRoutes(app: App, context: MediaContext): void {
  app.get(
    '/api/audio/:file/metadata',
    {
      config: { access, budget: 'sound' },
      schema: {
        tags,
        operationId: 'showAudioMetadata',
        summary: 'Metadata of a file of sound',
        description:
          'Of the original file for a recording’s id, of the rendition for a file name; tags are the original’s.',
        params: FileParams,
        querystring: SignedQuery,
        response: { 200: Type.Ref('AudioMetadata') },
      },
    },
    async (request, reply) => {
      const { source, rendition } = await openAudioFile(
        context,
        request.actor,
        request.params.file,
        request.query,
      );
      reply.header('cache-control', cacheControl({ isPublic: source.visibility === 'public' }));
      return readAudioMetadata(context, source, rendition);
    },
  );

  app.get(
    '/api/audio/:file/waveform',
    {
      config: { access, budget: 'sound' },
      schema: {
        tags,
        operationId: 'showAudioWaveform',
        summary: 'Waveform of a file of sound',
        description: 'As many points as asked for, fewer when the sound has fewer.',
        params: FileParams,
        querystring: WaveformQuery,
        response: { 200: Type.Ref('Waveform'), 304: Type.Null() },
      },
    },
    async (request, reply) => {
      const { resolution, ...signed } = request.query;
      const { source } = await openAudioFile(context, request.actor, request.params.file, signed);
      return replyWithWaveform(request, reply, context, source, resolution);
    },
  );

  registerFileFigures(app, context, 'loudness', 'showAudioLoudness');
  registerFileFigures(app, context, 'spectrum', 'showAudioSpectrum');
}

function registerFileFigures(app: App, context: MediaContext, name: FigureName, operationId: string): void {
  const { schema, summary, description } = FIGURES[name];
  app.get(
    `/api/audio/:file/${name}`,
    {
      config: { access, budget: 'sound' },
      schema: {
        tags,
        operationId,
        summary: `${summary} of a file of sound`,
        description,
        params: FileParams,
        querystring: SignedQuery,
        response: { 200: Type.Ref(schema), 304: Type.Null() },
      },
    },
    async (request, reply) => {
      const { source } = await openAudioFile(context, request.actor, request.params.file, request.query);
      return replyWithFigures(request, reply, context, source, name);
    },
  );
}
