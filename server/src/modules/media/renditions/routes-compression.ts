import Type from 'typebox';
import { needs } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import type { MediaContext } from '../media-context.ts';
import { RecordingParams } from '../schemas.ts';
import { compress, readCompression } from './compress.ts';
import { AUDIO_FORMATS } from './rendition.ts';

const tags = ['Renditions'];
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const CompressionBody = Type.Object({
  input_file: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'A recording’s id, or the file name of one of its renditions',
  }),
  target_quality: Type.Union(
    [
      Type.String({ minLength: 1, maxLength: 50 }),
      Type.Number(),
      Type.Record(Type.String({ maxLength: 50 }), Type.Unknown(), { maxProperties: 10 }),
    ],
    {
      description:
        '`high`, `medium`, `low`, `mobile`, `lossless`, a format, a rate (`128k`, 128, 128000), both (`aac:96k`), or ' +
        'an object of `format` or `codec` and `quality`, `bitrate` or `bitrate_kbps`',
    },
  ),
  preserve_metadata: Type.Optional(
    Type.Boolean({
      description: 'Either way title, artist, album, date, genre and cover go along, and nothing else',
    }),
  ),
  async_processing: Type.Optional(
    Type.Boolean({ default: true, description: '`false` waits for the file for up to 15 seconds' }),
  ),
});

const CompressionJob = Type.Object(
  {
    job_id: Type.String({ format: 'uuid', description: 'That of the rendition' }),
    status: Type.Enum(['queued', 'processing', 'completed', 'failed']),
    progress: Type.Integer({ minimum: 0, maximum: 100 }),
    error: orNull(Type.String()),
    recording_id: Type.String({ format: 'uuid' }),
    format: Type.Enum([...AUDIO_FORMATS]),
    quality: Type.String(),
    file_size: orNull(Type.Integer()),
    metadata_preserved: Type.Boolean(),
    estimated_completion_time: orNull(Type.String({ format: 'date-time' })),
    download_url: orNull(Type.String({ description: 'Signed; good without a token until it expires' })),
  },
  { $id: 'CompressionJob' },
);

/** Renditions as clients of the older streaming server ask for them. */
export function registerCompressionRoutes(app: App, context: MediaContext): void {
  app.addSchema(CompressionJob);
  const waiting = { count: 0 };
  app.post(
    '/api/compression/compress',
    {
      config: { access: needs('media.write'), budget: 'api' },
      schema: {
        tags,
        operationId: 'compress',
        summary: 'Have a file in another quality',
        description:
          '202 while it waits or is made, 200 once it is there; the same file for all who ask for the same. 429 with ' +
          'Retry-After when too many wait already.',
        body: CompressionBody,
        response: { 200: Type.Ref('CompressionJob'), 202: Type.Ref('CompressionJob') },
      },
    },
    async (request, reply) => {
      const {
        input_file: inputFile,
        target_quality: target,
        async_processing: isAsync = true,
      } = request.body;
      const gone = new AbortController();
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) gone.abort();
      });
      const job = await compress(context, waiting, request.actor, {
        inputFile,
        target,
        isAsync,
        signal: gone.signal,
      });
      return reply.code(job.status === 'completed' ? 200 : 202).send(job);
    },
  );
  app.get(
    '/api/compression/jobs/:id',
    {
      config: { access: needs('media.read'), budget: 'api' },
      schema: {
        tags,
        operationId: 'showCompressionJob',
        summary: 'How a file comes along',
        params: RecordingParams,
        response: { 200: Type.Ref('CompressionJob') },
      },
    },
    ({ actor, params }) => readCompression(context, actor.organisationId, params.id),
  );
}
