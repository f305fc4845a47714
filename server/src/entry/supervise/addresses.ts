import { createServer } from 'node:net';
import type { Config } from '../../kernel/config/config.ts';
import { freePort } from '../../kernel/net/free-port.ts';
import { PlainError } from '../../kernel/plain-error.ts';
import { codeOf, reasonOf } from '../../kernel/reason-of.ts';

/** The ports that the roles will listen on: those configured, checked to be free, or free ones in place of 0. */
export const claimPorts = async (config: Config): Promise<{ port: number; livePort: number }> => {
  const port = config.port === 0 ? await freePort() : config.port;
  const livePort = config.livePort === 0 ? await freePort() : config.livePort;
  await assertFree('PORT', config.host, port);
  await assertFree('LIVE_PORT', config.host, livePort);
  return { port, livePort };
};

const assertFree = async (variable: string, host: string, port: number): Promise<void> => {
  try {
    await tryToListen(host, port);
  } catch (error) {
    throw new PlainError(sentenceFor(variable, host, port, error), { cause: error });
  }
};

const tryToListen = (host: string, port: number) =>
  new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
  });

const sentenceFor = (variable: string, host: string, port: number, error: unknown): string => {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use by another program: stop that one, or set ${variable}.`;
    case 'EACCES':
      return `Port ${port} is reserved for root: set ${variable} to 1024 or more.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST is ${host}, which is no address of this machine.`;
    default:
      return `Nothing can listen on port ${port} of ${host}: ${reasonOf(error)}.`;
  }
};
