import type { Server } from 'node:http';
import { portLadder } from '@escarp/contract';

/**
 * Begins to listen, and resolves with the port: the given one, or for 0 the one that the system chose. From then on `onError`
 * is told of connections that cannot be accepted, for want of descriptors; the server goes on.
 *
 * @throws Error with the code `EADDRINUSE` if the port is taken, and others that `server.listen` emits.
 */
export function listen(
  server: Server,
  { host, port, onError }: { host: string; port: number; onError: (error: Error) => void },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject).on('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/**
 * What `open` resolves with at the first free port of the ladder from `base`; undefined if every port is taken.
 *
 * @throws whatever `open` throws, except for an Error with the code `EADDRINUSE`, after which the next port is tried.
 */
export async function onFirstFreePort<T>(
  base: number,
  open: (port: number) => Promise<T>,
): Promise<T | undefined> {
  for (const port of portLadder(base)) {
    try {
      return await open(port);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
  return undefined;
}
