import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listen } from '../listen.js';
import { dial } from '../raw-request.js';
import { lease } from '../sample-views.js';

describe('a body that ends early', () => {
  it.each([
    ['of a length that was told', 'Content-Length: 100\r\n\r\n{"holder": "a'],
    ['in pieces', 'Transfer-Encoding: chunked\r\n\r\n5\r\n{"hol\r\n'],
    ['in the middle of a piece', 'Transfer-Encoding: chunked\r\n\r\n50\r\n{"hol'],
  ])('%s is no internal error, and nothing is done for it', async (_, rest) => {
    const internal: unknown[] = [];
    let calls = 0;
    const { port, server } = await listen({
      handlers: {
        acquire: () => {
          calls++;
          return Promise.resolve(lease());
        },
      },
      onInternalError: (error) => internal.push(error),
    });
    const connected = once(server, 'connection');
    const socket = await dial(port);
    const [serverSide] = (await connected) as [Socket];
    const closed = once(serverSide, 'close');
    socket.write(
      `POST /acquire HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n${rest}`,
    );
    await once(server, 'request');
    socket.destroy();
    await closed;
    // The next request is answered only after everything that the broken one led to.
    await fetch(`http://127.0.0.1:${port}/healthz`);
    expect({ internal, calls }).toEqual({ internal: [], calls: 0 });
  });
});
