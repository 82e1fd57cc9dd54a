import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';

/** A way to a local port that lets through only so much, as `ssh -L` over a slow line does. */
export interface SlowLink {
  readonly port: number;
  close(): void;
}

/** Passes on at most `bytesPerS` from the port to whoever connects. */
export async function openSlowLink(port: number, bytesPerS: number): Promise<SlowLink> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(port, '127.0.0.1');
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
    }
    client.pipe(target);
    target.pipe(new Narrow(bytesPerS)).pipe(client);
    client.once('close', () => target.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

class Narrow extends Transform {
  readonly #bytesPerS: number;

  constructor(bytesPerS: number) {
    super({ highWaterMark: 4_096 });
    this.#bytesPerS = bytesPerS;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    setTimeout(() => done(null, chunk), (chunk.length / this.#bytesPerS) * 1_000);
  }
}
