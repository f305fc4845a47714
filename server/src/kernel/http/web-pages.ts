import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { open } from '../auth/access.ts';
import type { App } from './app.ts';
import { PAGE_POLICY } from './security-headers.ts';

const WEB_DIST = fileURLToPath(new URL('../../../../web/dist', import.meta.url));
const PAGES_ARE_OPEN = open('the page is a program for the browser; its data comes through the API');

const NOT_BUILT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Antenne</title></head><body>
<h1>Antenne is running</h1><p>The web page is not built yet: run <code>npm run build -w web</code>.</p></body></html>`;

/** Serves the built web; every address that is no file and no API gets the page, which routes by itself. */
export async function registerWebPages(app: App, folder = WEB_DIST): Promise<void> {
  const isBuilt = existsSync(path.join(folder, 'index.html'));
  const page = isBuilt ? await readFile(path.join(folder, 'index.html'), 'utf8') : NOT_BUILT;
  const files = isBuilt ? await filesOf(folder) : new Set<string>();
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: folder,
      serve: false,
      preCompressed: true,
      cacheControl: false,
    });
  }
  app.get(
    '/*',
    { config: { access: PAGES_ARE_OPEN, budget: 'sound' }, schema: { hide: true } },
    async (request, reply) => {
      const file = request.url.split('?', 1)[0] ?? '/';
      if (isApiPath(file)) return reply.callNotFound();
      if (files.has(file)) {
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
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(page);
    },
  );
}

/** Addresses of the API and of parts not built yet: they answer 404, never a page. */
const API_PATHS = /^\/(api|public|stream|hls|icecast|admin|graphql|ws|q)(\/|$)|^\/status(-json)?\.xsl$/;

function isApiPath(file: string): boolean {
  return API_PATHS.test(file);
}

/** Addresses of the built files; listed once, so that no request can name anything else on the disk. */
async function filesOf(folder: string): Promise<Set<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== 'index.html')
    .map(
      (entry) => `/${path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/')}`,
    );
  return new Set(files);
}
