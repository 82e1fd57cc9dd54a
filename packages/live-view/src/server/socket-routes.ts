import { type WebSocket, WebSocketServer } from 'ws';
import { relayVnc } from '../displays/vnc-relay.js';
import { servePictures } from '../pictures/picture-socket.js';
import type { Session } from '../rights/session.js';
import type { ViewerCore } from '../viewer-core.js';
import { viewerCloseCodes } from '../wire/index.js';
import { sessionOf } from './session-of.js';
import { upgraded, type ViewerApp } from './viewer-app.js';

const messageBytesMax = 1_100_000;

/** The WebSockets of a session; each ends with it. */
export function addSocketRoutes(app: ViewerApp, core: ViewerCore): void {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
    handleProtocols: (offered) => (offered.has('binary') ? 'binary' : false),
  });
  const accepted =
    (session: Session, serve: (socket: WebSocket) => void) =>
    ({ request, socket, head }: Parameters<Parameters<typeof upgraded>[1]>[0]) =>
      server.handleUpgrade(request, socket, head, (webSocket) => {
        endWith(session, webSocket, core.follow());
        serve(webSocket);
      });

  app.get('/s/:session/api/pictures', async (context) => {
    const session = await sessionOf(context, core);
    const { casts, options } = core;
    const rights = core.rightsOf(session);
    const serve = (socket: WebSocket): void => servePictures({ socket, casts, rights, ports: options.ports });
    return upgraded(context, accepted(session, serve));
  });
  app.get('/s/:session/api/slots/:slot/vnc', async (context) => {
    const session = await sessionOf(context, core);
    const slot = Number(context.req.param('slot'));
    core.require(session, 'view', slot);
    const { displaySocket, ports } = core.options;
    const { refusalOfInput } = core.rightsOf(session);
    const inputVerdict = () => {
      const refused = refusalOfInput(slot);
      if (refused === undefined) return 'pass';
      return refused === 'forbidden' ? 'end' : 'drop';
    };
    const serve = (socket: WebSocket): void =>
      void relayVnc({ socket, slot, displaySocket, inputVerdict, ports });
    return upgraded(context, accepted(session, serve));
  });
}

function endWith({ ended }: Session, socket: WebSocket, leave: () => void): void {
  const end = (): void => socket.close(viewerCloseCodes.sessionEnded, 'session ended');
  ended.addEventListener('abort', end, { once: true });
  socket.once('close', () => {
    ended.removeEventListener('abort', end);
    leave();
  });
  if (ended.aborted) end();
}
