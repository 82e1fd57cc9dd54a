import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** A local port that leads to another one, byte for byte, as `ssh -L` makes it. */
export interface TcpForward {
  readonly port: number;
  close(): void;
}

export async function forwardTcp(to: { readonly host: string; readonly port: number }): Promise<TcpForward> {
  const server = createServer((near) => {
    const far = connect(to);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one.
  const { port } = server.address() as AddressInfo;
  return { port, close: () => void server.close() };
}
