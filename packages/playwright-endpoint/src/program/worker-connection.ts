import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** A worker that was told where to connect does so at once, if it still lives and the machine is not overloaded. */
const connectMs = 60_000;

/**
 * Resolves when the worker that connected to this WebSocket address has gone, however it ended, or when none has come
 * within a minute. Playwright does not tell who connects to a browser that it lends, so Node is asked, whose channel
 * `net.server.socket` reports each connection that a server of this process accepts. One that does not upgrade at
 * the address is somebody who tried ports.
 */
export function untilWorkerLeaves(endpoint: string): Promise<void> {
  const { port, pathname } = new URL(endpoint);
  return new Promise((resolve) => {
    const onConnection = (message: unknown): void => {
      const socket = socketOf(message);
      if (socket === undefined || socket.localPort !== Number(port)) return;
      whenUpgraded(socket, pathname, () => {
        stop();
        socket.once('close', () => resolve());
        if (socket.destroyed) resolve();
      });
    };
    const stop = (): void => {
      clearTimeout(nobody);
      unsubscribe('net.server.socket', onConnection);
    };
    const nobody = setTimeout(() => {
      stop();
      resolve();
    }, connectMs);
    subscribe('net.server.socket', onConnection);
  });
}

type ServedSocket = Socket & { readonly server?: Server };

function socketOf(message: unknown): ServedSocket | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Node documents the channel.
  return (message as { socket?: ServedSocket }).socket;
}

function whenUpgraded(socket: ServedSocket, path: string, call: () => void): void {
  const onUpgrade = (request: IncomingMessage, upgraded: unknown): void => {
    if (upgraded !== socket) return;
    forget();
    if (request.url === path) call();
  };
  const forget = (): void => void socket.server?.off('upgrade', onUpgrade);
  socket.server?.prependListener('upgrade', onUpgrade);
  socket.once('close', forget);
}
