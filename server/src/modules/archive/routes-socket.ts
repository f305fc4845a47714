import { open } from '../../kernel/auth/access.ts';
import type { Authenticator } from '../../kernel/auth/actor.ts';
import type { App } from '../../kernel/http/app.ts';
import { bearerOf } from '../../kernel/http/bearer.ts';
import type { SocketHub } from '../../kernel/http/socket-hub.ts';
import { onlySockets } from './errors.ts';
import { SocketQuery } from './schemas.ts';

/** `WS /ws`: a page can send no header with a WebSocket, so the token comes in the query (and in no log). */
export function socketRoutes(app: App, sockets: SocketHub, authenticator: Authenticator): void {
  app.route({
    method: 'GET',
    url: '/ws',
    config: { access: open('each channel says who may follow it'), budget: 'api' },
    schema: { hide: true, querystring: SocketQuery },
    handler: () => {
      throw onlySockets('This address speaks WebSocket; connect to it with ws:// or wss://.', {
        headers: { upgrade: 'websocket' },
      });
    },
    wsHandler: (socket, request) => {
      const { client_id: clientId, token } = request.query;
      const { actor, ip } = request;
      const bearer = token ?? bearerOf(request.headers.authorization);
      sockets.accept(socket, {
        clientId,
        ip,
        resolveActor: () => (bearer === undefined ? actor : authenticator.authenticate(bearer)),
      });
    },
  });
}
