import Type from 'typebox';
import { open } from '../../../kernel/auth/access.ts';
import type { Authenticator } from '../../../kernel/auth/actor.ts';
import type { App } from '../../../kernel/http/app.ts';
import { bearerOf } from '../../../kernel/http/bearer.ts';
import type { SocketDialect, SocketHub } from '../../../kernel/http/socket-hub.ts';
import { onlySockets } from '../errors.ts';

const Query = Type.Object({
  client_id: Type.Optional(Type.String({ maxLength: 200 })),
  token: Type.Optional(Type.String({ maxLength: 4096 })),
});

/** `WS /api/ws`: a page can send no header with a WebSocket, so the token comes in the query (and in no log). */
export function registerPlayerRoutes(
  app: App,
  sockets: SocketHub,
  authenticator: Authenticator,
  players: SocketDialect,
): void {
  app.route({
    method: 'GET',
    url: '/api/ws',
    config: { access: open('each track says who may hear it'), budget: 'api' },
    schema: { hide: true, querystring: Query },
    handler: () => {
      throw onlySockets('This address speaks WebSocket; connect to it with ws:// or wss://.', {
        headers: { upgrade: 'websocket' },
      });
    },
    wsHandler: (socket, request) => {
      const { client_id: clientId, token } = request.query;
      const { actor, ip } = request;
      const bearer = token ?? bearerOf(request.headers.authorization);
      const resolveActor = () => (bearer === undefined ? actor : authenticator.authenticate(bearer));
      sockets.accept(socket, { clientId, ip, resolveActor }, players);
    },
  });
}
