import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Type from 'typebox';
import { open } from '../auth/access.ts';
import type { Config } from '../config/config.ts';
import type { App } from './app.ts';
import { honoursIdempotencyKey } from './idempotency.ts';

const require = createRequire(import.meta.url);
const DOCS_ARE_OPEN = open('the contract is public; it holds no data');
const DOCS_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; " +
  "worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'self'";

/** The one thing ReDoc would fetch from elsewhere: its maker's mark. An empty picture stands in for it. */
const REDOC_MARK = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const EMPTY_PICTURE = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E';

const REDOC_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Antenne API</title><link rel="icon" href="/favicon.svg" type="image/svg+xml"></head>
<body style="margin:0"><redoc spec-url="/openapi.json"></redoc><script src="/redoc/redoc.js"></script></body></html>`;

/** `/openapi.json`, Swagger UI at `/docs` (signs in by the OAuth2 password form), ReDoc at `/redoc`. */
export async function registerDocs(app: App, config: Config): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Antenne',
        version: config.version,
        description:
          'Live, archive and words of spoken audio. Every path under /api also answers under /api/v1; ' +
          'errors are application/problem+json.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          password: {
            type: 'oauth2',
            flows: { password: { tokenUrl: '/api/auth/token', refreshUrl: '/api/auth/refresh', scopes: {} } },
          },
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `def-${index}`),
    },
    transform: ({ schema, url, route }) => ({
      schema: describeKey(describeAccess(schema, route.config?.access?.kind), honoursIdempotencyKey(route)),
      url,
    }),
  });
  // Registered in the same scope as the plugin's own routes, which know nothing of our access rule.
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: DOCS_ARE_OPEN, budget: 'sound' };
    });
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.header('content-security-policy', DOCS_POLICY);
      done();
    });
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      uiConfig: { persistAuthorization: true, docExpansion: 'none', deepLinking: true },
    });
    const bundle = await readFile(require.resolve('redoc/bundles/redoc.standalone.js'), 'utf8');
    const redoc = bundle.replaceAll(REDOC_MARK, EMPTY_PICTURE);
    const hidden = { schema: { hide: true } };
    scope.get('/openapi.json', hidden, async () => app.swagger());
    scope.get('/redoc', hidden, (_request, reply) => reply.type('text/html; charset=utf-8').send(REDOC_PAGE));
    scope.get('/redoc/redoc.js', hidden, (_request, reply) =>
      reply
        .type('text/javascript; charset=utf-8')
        .header('cache-control', 'public, max-age=86400')
        .send(redoc),
    );
  });
}

function describeAccess<S extends object>(schema: S | undefined, kind: string | undefined): S {
  const described = (schema ?? {}) as S & { security?: unknown };
  return kind === undefined || kind === 'open' || kind === 'door'
    ? described
    : { ...described, security: [{ password: [] }, { bearer: [] }] };
}

const KeyHeader = Type.Object({
  'Idempotency-Key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        'Your name for this request, such as a UUID. Sent again within 24 hours, it is answered with the first ' +
        'reply and `Idempotency-Replayed: true`, and nothing is done twice.',
    }),
  ),
});

/** Told in the contract only: the header is read before a body is, and validating it again would cost each request. */
function describeKey<S extends object>(schema: S & { headers?: unknown }, isHonoured: boolean): S {
  if (!isHonoured) return schema;
  const own = Type.IsObject(schema.headers) ? schema.headers.properties : {};
  return { ...schema, headers: Type.Object({ ...own, ...KeyHeader.properties }) };
}
