import Type from 'typebox';
import { needs } from '../../../kernel/auth/access.ts';
import type { App } from '../../../kernel/http/app.ts';
import { originOf } from '../extraction/request-origin.ts';
import type { MediaContext } from '../media-context.ts';
import type { SigningKey } from './signing-keys.ts';

const tags = ['Signing keys'];
const access = needs('settings.manage');

const Key = Type.Object({
  kid: Type.String({ description: 'Names the key in an address' }),
  state: Type.Enum(['current', 'previous']),
  created_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
});
const NewKey = Type.Object({
  ...Key.properties,
  secret: Type.String({ description: 'Shown this once. Use the text as it is.' }),
});

/** `/api/signing-keys`: what an organisation's back ends sign addresses with. */
export function registerSigningKeyRoutes(app: App, context: MediaContext): void {
  app.get(
    '/api/signing-keys',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'listSigningKeys',
        summary: 'List the keys that sign addresses',
        description: 'Without their secrets; both are accepted. `installation` is SIGNING_KEY.',
        response: { 200: Type.Object({ keys: Type.Array(Key) }) },
      },
    },
    async ({ actor }) => ({ keys: (await context.keys.of(actor.organisationId)).map(present) }),
  );
  app.post(
    '/api/signing-keys',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'rotateSigningKey',
        summary: 'Make a new key to sign addresses with',
        description:
          'The one before stays accepted until the next rotation, the one before that ends now: rotate twice when a key has leaked.',
        response: { 201: NewKey },
      },
    },
    async (request, reply) => {
      const { organisationId, personId } = request.actor;
      const key = await context.keys.rotate(organisationId, { personId, origin: originOf(request) });
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...present(key), secret: key.secret });
    },
  );
}

function present({ kid, state, createdAt }: SigningKey) {
  return { kid, state, created_at: createdAt?.toISOString() ?? null };
}
