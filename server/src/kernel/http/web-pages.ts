import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { open } from '../auth/access.ts';
import type { App } from './app.ts';
import { PAGE_POLICY } from './security-headers.ts';
import { watchWebBuild } from './web-build.ts';

const WEB_DIST = fileURLToPath(new URL('../../../../web/dist', import.meta.url));
const PAGES_ARE_OPEN = open('the page is a program for the browser; its data comes through the API');

/** What browsers are asked to say of their line with each request: sound is chosen by it (`quality=auto`). */
const CLIENT_HINTS = 'Downlink, ECT, RTT, Sec-CH-Viewport-Width';

const NOT_BUILT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Antenne</title></head><body>
<h1>Antenne is running</h1><p>The web page is not built yet: run <code>npm run build -w web</code>.</p></body></html>`;

/** Serves the built web; every address that is no file and no API gets the page, which routes by itself. */
export async function registerWebPages(app: App, folder = WEB_DIST): Promise<void> {
  const currentBuild = watchWebBuild(folder);
  await app.register(fastifyStatic, { root: folder, serve: false, preCompressed: true, cacheControl: false });
  app.get(
    '/*',
    { config: { access: PAGES_ARE_OPEN, budget: 'sound' }, schema: { hide: true } },
    async (request, reply) => {
      const file = request.url.split('?', 1)[0] ?? '/';
      if (isApiPath(file)) return reply.callNotFound();
      const build = await currentBuild();
      if (build?.files.has(file)) {
        const forever = file.startsWith('/assets/');
        reply.header(
          'cache-control',
          forever ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
        );
        return reply.sendFile(file.slice(1));
      }
      if (path.extname(file) !== '' && !(request.headers.accept ?? '').includes('text/html')) {
        return reply.callNotFound();
      }
      return reply
        .header('content-security-policy', PAGE_POLICY)
        .header('accept-ch', CLIENT_HINTS)
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(build?.page ?? NOT_BUILT);
    },
  );
}

/** Addresses of the API and of parts not built yet: they answer 404, never a page. */
const API_PATHS = /^\/(api|public|stream|hls|icecast|admin|graphql|ws|q)(\/|$)|^\/status(-json)?\.xsl$/;

function isApiPath(file: string): boolean {
  return API_PATHS.test(file);
}
