import Type from 'typebox';
import { door, open } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import { AUDIO_FORMATS } from '../renditions/rendition.ts';
import type { Hls } from './open-hls.ts';
import { openStreamingSession, readStreamingSession } from './streaming-session.ts';

const tags = ['Sound'];
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Word = Type.String({ maxLength: 50 });

const SessionBody = Type.Object({
  track_id: Type.String({ minLength: 1, maxLength: 100, description: 'A recording or a débat' }),
  client_capabilities: Type.Optional(
    Type.Object({
      estimated_bandwidth_kbps: Type.Optional(Type.Number({ minimum: 0, maximum: 100_000_000 })),
      buffer_duration_ms: Type.Optional(Type.Number({ minimum: 0, maximum: 86_400_000 })),
      connection_type: Type.Optional(Word),
      device_type: Type.Optional(Word),
      adaptive_enabled: Type.Optional(Type.Boolean()),
    }),
  ),
});

const Profile = Type.Object({
  quality_id: Type.String({ description: '`high`, `medium`, `low`, `mobile`, or the quality itself' }),
  bitrate_kbps: orNull(Type.Integer()),
  format: Type.Enum([...AUDIO_FORMATS]),
  quality: Type.String(),
  mime_type: Type.String(),
  file_size: Type.Integer(),
  url: Type.String({ description: 'The file; signed where it has to be' }),
  hls_url: orNull(Type.String({ description: 'The playlist of this quality alone' })),
});

const SessionReply = Type.Object(
  {
    session_id: Type.String(),
    track_id: Type.String({ format: 'uuid', description: 'Of the recording' }),
    title: Type.String(),
    duration_seconds: Type.Number(),
    adaptive_enabled: Type.Boolean(),
    initial_profile: Profile,
    profiles: Type.Array(Profile),
    hls_url: orNull(Type.String({ description: 'All qualities; null for who does not want to switch' })),
    expires_at: Type.String({ format: 'date-time' }),
  },
  { $id: 'StreamingSession' },
);

/** Streaming sessions: how a player begins. */
export function registerStreamingRoutes(app: App, { context, resolvers }: Hls): void {
  app.addSchema(SessionReply);
  app.post(
    '/api/streaming/session',
    {
      config: {
        access: open('public, unlisted, or media.read; a débat by its own rules: open-track.ts'),
        budget: 'api',
      },
      schema: {
        tags,
        operationId: 'openStreamingSession',
        summary: 'Begin to play',
        description:
          'The quality that suits the player’s line to begin with, the others, and addresses that play until ' +
          '`expires_at` without a token.',
        body: SessionBody,
        response: { 201: Type.Ref('StreamingSession') },
      },
    },
    async ({ actor, body }, reply) => {
      const { track_id: track, client_capabilities: capabilities = {} } = body;
      const session = await openStreamingSession(context, resolvers, actor, track, capabilities);
      return reply.code(201).header('cache-control', 'private, no-store').send(session);
    },
  );
  app.get(
    '/api/streaming/session/:session',
    {
      config: {
        access: door('the id is sealed, and given to who might hear: streaming-session.ts'),
        budget: 'api',
      },
      schema: {
        tags,
        operationId: 'showStreamingSession',
        summary: 'A session by its id',
        description: 'The same addresses until it ends, and the qualities that are there by now.',
        params: Type.Object({ session: Type.String({ maxLength: 2_000 }) }),
        response: { 200: Type.Ref('StreamingSession') },
      },
    },
    async ({ params }, reply) =>
      reply
        .header('cache-control', 'private, no-store')
        .send(await readStreamingSession(context, params.session)),
  );
}
