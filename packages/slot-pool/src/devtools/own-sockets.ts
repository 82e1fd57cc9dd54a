import type { Socket } from 'node:net';

/**
 * The local ports of the pool's own connections to browsers. Any other connection to a slot's port belongs to someone
 * else, even if it comes from this process.
 */
export interface OwnSockets {
  readonly add: (socket: Socket) => void;
  readonly has: (localPort: number) => boolean;
}

/** An empty registry of own connections. Ports leave it when their sockets close. */
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
