import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Call } from '@escarp/transport';
import { describe, expect, it } from 'vitest';
import { listen } from '../listen.js';
import { dial, postText, readAll } from '../raw-request.js';
import { lease } from '../sample-views.js';
import { signalled } from '../signalled.js';

describe('a client that hangs up', () => {
  it('while it waits aborts its call at once', async () => {
    const arrived = signalled<Call>();
    const aborted = signalled();
    const { port } = await listen({
      handlers: {
        acquire: async (_input, call) => {
          call.signal.addEventListener('abort', () => aborted.resolve());
          arrived.resolve(call);
          await aborted.promise;
          throw new Error('gone');
        },
      },
      onInternalError: () => {},
    });
    const socket = await dial(port);
    socket.write(postText(port, '/acquire', { holder: 'ada', wait_s: 60 }));
    const call = await arrived.promise;
    expect(call.signal.aborted).toBe(false);
    socket.destroy();
    await aborted.promise;
    expect(call.signal.aborted).toBe(true);
  });

  it('that closes only its own side counts as gone too', async () => {
    const aborted = signalled();
    const arrived = signalled();
    const { port } = await listen({
      handlers: {
        acquire: async (_input, call) => {
          call.signal.addEventListener('abort', () => aborted.resolve());
          arrived.resolve();
          await aborted.promise;
          return lease();
        },
      },
    });
    const socket = await dial(port);
    socket.write(postText(port, '/acquire', { holder: 'ada', wait_s: 60 }));
    await arrived.promise;
    socket.end();
    await expect(aborted.promise).resolves.toBeUndefined();
  });

  it('before its grant was written has the grant undone, once', async () => {
    const arrived = signalled();
    const grant = signalled();
    const undone = signalled();
    let undos = 0;
    const { port, server } = await listen({
      handlers: {
        acquire: async (_input, call) => {
          call.onUndelivered(() => {
            undos++;
            undone.resolve();
          });
          arrived.resolve();
          await grant.promise;
          return lease();
        },
      },
    });
    const connected = once(server, 'connection');
    const socket = await dial(port);
    const [serverSide] = (await connected) as [Socket];
    socket.write(postText(port, '/acquire', { holder: 'ada' }));
    await arrived.promise;
    const closed = once(serverSide, 'close');
    socket.destroy();
    await closed;
    grant.resolve();
    await undone.promise;
    expect(undos).toBe(1);
  });

  it('while a large reply is being written is noticed', async () => {
    const undone = signalled();
    const { port } = await listen({
      handlers: {
        acquire: async (_input, call) => {
          call.onUndelivered(() => undone.resolve());
          return lease({ lastError: 'x'.repeat(16 * 1024 * 1024) });
        },
      },
    });
    const socket = await dial(port);
    socket.pause();
    socket.write(postText(port, '/acquire', { holder: 'ada' }));
    await once(socket, 'readable');
    socket.destroy();
    await expect(undone.promise).resolves.toBeUndefined();
  });

  it('after it was answered undoes nothing', async () => {
    let undos = 0;
    const { url, server } = await listen({
      handlers: {
        acquire: async (_input, call) => {
          call.onUndelivered(() => undos++);
          return lease();
        },
      },
    });
    const connected = once(server, 'connection');
    const response = await fetch(`${url}/acquire`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: '{"holder":"ada"}',
    });
    const [serverSide] = (await connected) as [Socket];
    await response.text();
    if (!serverSide.closed) await once(serverSide, 'close');
    expect(undos).toBe(0);
  });
});

describe('a connection that misbehaves', () => {
  it('by headers without end is answered and closed', async () => {
    const { port } = await listen();
    const socket = await dial(port);
    const answer = readAll(socket);
    socket.write(
      `GET /status HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Filler: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(await answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*"error":"bad_request"[\s\S]*headers are larger/);
  });

  it('by sending its headers too slowly is cut off', async () => {
    const { port } = await listen({
      limits: { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 },
    });
    const socket = await dial(port);
    const answer = readAll(socket);
    socket.write('GET /status HTTP/1.1\r\nHost: ');
    expect(await answer).toContain('took too long');
  });

  it('by never saying anything is closed without an answer that a late request could mistake for its own', async () => {
    const { port } = await listen({
      limits: { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 },
    });
    expect(await readAll(await dial(port))).toBe('');
  });

  it('by never sending the body it declared is cut off', async () => {
    const { port } = await listen({
      limits: { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 },
    });
    const socket = await dial(port);
    const answer = readAll(socket);
    const head = ['Content-Type: application/json', 'Content-Length: 100'].join('\r\n');
    socket.write(`POST /acquire HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${head}\r\n\r\n{`);
    expect(await answer).toContain('took too long');
  });

  it.each([
    '\u0000\u0001\u0002 nonsense\r\n\r\n',
    'GET /status HTTP/9.9\r\n\r\n',
    '{"holder":"ada"}\r\n\r\n',
  ])('by not speaking HTTP gets an error of the contract: %j', async (bytes) => {
    const { port } = await listen();
    const socket = await dial(port);
    const answer = readAll(socket);
    socket.write(bytes);
    expect(await answer).toContain('"error":"bad_request"');
  });

  it.each([
    'GET /status\\..\\x HTTP/1.1\r\nHost: a b',
    'GET http://[ HTTP/1.1\r\nHost: 127.0.0.1',
    'GET /status HTTP/1.0',
  ])('by an address that cannot be read gets one too: %j', async (head) => {
    const { port } = await listen();
    const socket = await dial(port);
    const answer = readAll(socket);
    socket.write(`${head}\r\nConnection: close\r\n\r\n`);
    expect(await answer).toContain('"error":"bad_request"');
  });

  it('does not keep others from being served', async () => {
    const { port, url } = await listen();
    const idle = await Promise.all(Array.from({ length: 500 }, () => dial(port)));
    expect((await fetch(`${url}/status`)).status).toBe(200);
    for (const socket of idle) socket.destroy();
  });
});
