import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A host of sound on loopback: somebody else's web server, with its moods. */
export interface SoundHost {
  url: string;
  /** Range headers received, in order. */
  ranges: string[];
  /** How often a path was asked for. */
  asked(path: string): number;
  /** Replies under way. */
  open(): number;
  close(): Promise<void>;
}

/**
 * Serves the files by their path, with ranges. Beside them: `/trouble` is always 503, `/redirect?to=` goes there,
 * `/breaks` cuts the first connection in the middle of the first file, `/slow` never gets to its end.
 */
export async function openSoundHost(files: Record<string, Buffer>): Promise<SoundHost> {
  const ranges: string[] = [];
  const asked = new Map<string, number>();
  const replies = new Set<ServerResponse>();
  const [first = Buffer.alloc(0)] = Object.values(files);
  const server = createServer((request, response) => {
    replies.add(response.on('close', () => replies.delete(response)));
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host.test');
    const count = (asked.get(pathname) ?? 0) + 1;
    asked.set(pathname, count);
    if (request.headers.range) ranges.push(request.headers.range);
    const file = files[pathname];
    if (file) return sendRange(request, response, file);
    if (pathname === '/trouble') return void response.writeHead(503).end('later');
    if (pathname === '/slow')
      return void response.writeHead(200, { 'content-length': '1000000' }).write('ID3');
    if (pathname === '/redirect') {
      return void response.writeHead(302, { location: searchParams.get('to') ?? '/' }).end();
    }
    if (pathname === '/breaks')
      return count === 1 ? sendHalf(response, first) : sendRange(request, response, first);
    response.writeHead(404).end('nothing here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ranges,
    asked: (path) => asked.get(path) ?? 0,
    open: () => replies.size,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const ETAG = '"the-only-version"';

function sendRange(request: IncomingMessage, response: ServerResponse, file: Buffer): void {
  const [, from, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const rest = file.subarray(start, last ? Number(last) + 1 : undefined);
  const isPart = start > 0 || Boolean(last);
  response.writeHead(isPart ? 206 : 200, {
    etag: ETAG,
    'content-length': rest.length,
    ...(isPart ? { 'content-range': `bytes ${start}-${start + rest.length - 1}/${file.length}` } : {}),
  });
  response.end(rest);
}

function sendHalf(response: ServerResponse, file: Buffer): void {
  response.writeHead(200, { etag: ETAG, 'content-length': file.length });
  response.write(file.subarray(0, file.length >> 1), () => setTimeout(() => response.destroy(), 50));
}
