import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PassThrough, Transform, type TransformCallback } from 'node:stream';

/** A local port that leads to another one, byte for byte, as `ssh -L` makes it. */
export interface TcpForward {
  readonly port: number;
  /** Cuts whoever is connected. */
  close(): void;
}

/** Over a slow line, at most `bytesPerS` come back. */
export async function forwardTcp(port: number, bytesPerS?: number): Promise<TcpForward> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.pipe(far);
    far.pipe(bytesPerS === undefined ? new PassThrough() : new SlowLine(bytesPerS)).pipe(near);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one.
  const { port: own } = server.address() as AddressInfo;
  return {
    port: own,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

class SlowLine extends Transform {
  readonly #bytesPerS: number;

  constructor(bytesPerS: number) {
    super({ highWaterMark: 4_096 });
    this.#bytesPerS = bytesPerS;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    setTimeout(() => done(null, chunk), (chunk.length / this.#bytesPerS) * 1_000);
  }
}
