import type { Socket } from 'node:net';

/**
 * The local ports of the pool's own connections to browsers. A connection to a slot's port that is not among them is
 * someone else's, even when that someone lives in this process.
 */
export interface OwnSockets {
  readonly add: (socket: Socket) => void;
  readonly has: (localPort: number) => boolean;
}

export function createOwnSockets(): OwnSockets {
  const ports = new Set<number>();
  return {
    add(socket) {
      const port = socket.localPort;
      if (port === undefined) return;
      ports.add(port);
      socket.once('close', () => ports.delete(port));
    },
    has: (localPort) => ports.has(localPort),
  };
}
