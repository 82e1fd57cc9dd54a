import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, OperationError, type ClientOptions } from '@escarp/transport/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen, stop } from '../listen.js';
import { lease } from '../sample-views.js';
import { signalled } from '../signalled.js';

const client = (baseUrl: string, over: Partial<ClientOptions> = {}) => {
  let made = 0;
  return createClient({ baseUrl, ids: () => `id-${++made}`, ...over });
};

const codeOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  return error instanceof OperationError ? error.code : error;
};

/** A server that drops the connection for the first `drops` requests, then answers. */
async function flaky(drops: number, seen: string[]): Promise<string> {
  const server: Server = createServer((request, response) => {
    request.setEncoding('utf8').once('data', (body: string) => {
      seen.push(body);
      if (seen.length <= drops) request.socket.destroy();
      else response.end(JSON.stringify({ lease_token: 't' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => stop(server));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await stop(server);
  return port;
}

describe('the client', () => {
  it('speaks camel case on both sides of the wire', async () => {
    const { url } = await listen();
    const { poolSize, slots } = await client(url).status();
    expect(poolSize).toBe(1);
    expect(slots[0]?.cdpPort).toBe(9222);
    expect(await client(url).acquire({ holder: 'ada', devPort: 3000 })).toEqual(lease());
    expect(await client(url).poolRemove({ slot: 3 })).toEqual({ removed: true, slot: 3 });
  });

  it('throws what the server answered', async () => {
    const { url } = await listen({
      handlers: {
        acquire: async () => {
          throw new OperationError('pool_exhausted', {
            retryAfterS: 3,
            queueLength: 2,
            details: { tenantMax: 1 },
          });
        },
      },
    });
    await expect(client(url).acquire({ holder: 'ada' })).rejects.toMatchObject({
      code: 'pool_exhausted',
      retry: 'later',
      retryAfterS: 3,
      exitCode: 3,
      refusal: { queueLength: 2 },
      details: { tenantMax: 1 },
    });
  });

  it('sends its token', async () => {
    const apiToken = 'a-token-of-good-length';
    const { url } = await listen({ guard: { apiToken } });
    expect(await codeOf(client(url).status())).toBe('unauthorized');
    expect(await client(url, { token: apiToken }).status()).toHaveProperty('poolSize');
  });

  it('repeats an acquire with the same request id if the reply was lost', async () => {
    const seen: string[] = [];
    const granted = await client(await flaky(2, seen)).acquire({ holder: 'ada' });
    expect(granted.leaseToken).toBe('t');
    expect(seen).toHaveLength(3);
    expect(new Set(seen)).toEqual(new Set(['{"request_id":"id-1","holder":"ada"}']));
  });

  it('keeps the request id it was given', async () => {
    const seen: string[] = [];
    await client(await flaky(0, seen)).acquire({ holder: 'ada', requestId: 'mine' });
    expect(JSON.parse(seen[0] ?? '')).toMatchObject({ request_id: 'mine' });
  });

  it('does not repeat what must not be done twice', async () => {
    const seen: string[] = [];
    expect(await codeOf(client(await flaky(1, seen)).poolAdd({ slot: 1 }))).toBe('daemon_unreachable');
    expect(seen).toHaveLength(1);
  });

  it('reports at once that there is no daemon', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    expect(await codeOf(client(url).acquire({ holder: 'ada' }))).toBe('daemon_unreachable');
  });

  it('finds a daemon that was restarted while it waited', async () => {
    const waiting = signalled();
    const first = await listen({
      handlers: {
        acquire: () => {
          waiting.resolve();
          return new Promise(() => {});
        },
      },
    });
    const granted = client(first.url).acquire({ holder: 'ada', waitS: 60 });
    await waiting.promise;
    await stop(first.server);
    await listen({ port: first.port });
    expect(await granted).toMatchObject({ holder: 'ada' });
  });

  it('reports that something else answers at the address', async () => {
    const server = createServer((_request, response) => response.end('<html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => stop(server));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(client(url).status()).rejects.toThrow(/not escarp/);
  });

  it('works with the global fetch as well', async () => {
    const { url } = await listen();
    expect(await client(url, { fetch }).acquire({ holder: 'ada' })).toEqual(lease());
    const closed = client(`http://127.0.0.1:${await closedPort()}`, { fetch });
    expect(await codeOf(closed.status())).toBe('daemon_unreachable');
  });

  it('leaves the queue when its caller aborts', async () => {
    const waiting = signalled();
    const left = signalled();
    const { url } = await listen({
      handlers: {
        acquire: (_input, call) => {
          call.signal.addEventListener('abort', () => left.resolve());
          waiting.resolve();
          return new Promise(() => {});
        },
      },
    });
    const controller = new AbortController();
    const granted = client(url).acquire({ holder: 'ada', waitS: 60 }, { signal: controller.signal });
    await waiting.promise;
    controller.abort(new Error('changed my mind'));
    await expect(granted).rejects.toThrow('changed my mind');
    await left.promise;
  });
});

describe('a held lease', () => {
  const quick = lease({ heartbeatIntervalS: 0.01 });

  it('renews by itself and shows the lease as of its last heartbeat', async () => {
    const thrice = signalled();
    let beats = 0;
    const { url } = await listen({
      handlers: {
        heartbeat: async ({ leaseToken }) => {
          expect(leaseToken).toBe('token-of-ada');
          if (++beats === 3) thrice.resolve();
          return lease({ heartbeatIntervalS: 0.01, expiresAt: 2000 + beats });
        },
      },
    });
    const held = client(url).hold(quick);
    await thrice.promise;
    held.stop();
    expect(held.lease.expiresAt).toBeGreaterThan(2000);
  });

  it('says when and why it was lost, and sends no more heartbeats', async () => {
    let beats = 0;
    const { url } = await listen({
      handlers: {
        heartbeat: async () => {
          beats++;
          throw new OperationError('lease_ended', { details: { reason: 'revoked', endedAt: 1010 } });
        },
      },
    });
    const reason = await client(url).hold(quick).lost;
    expect(reason).toMatchObject({ code: 'lease_ended', details: { reason: 'revoked', endedAt: 1010 } });
    expect(beats).toBe(1);
  });

  it('survives errors that say nothing about the lease', async () => {
    const renewed = signalled();
    let beats = 0;
    const { url } = await listen({
      handlers: {
        heartbeat: async () => {
          if (++beats < 3) throw new OperationError('not_ready');
          renewed.resolve();
          return lease();
        },
      },
    });
    const held = client(url).hold(quick);
    await expect(renewed.promise).resolves.toBeUndefined();
    held.stop();
  });

  it('is released once, and sends nothing after that', async () => {
    let lost = false;
    const { url } = await listen();
    const held = client(url).hold(quick);
    void held.lost.then(() => (lost = true));
    expect(await held.release({ noWait: true })).toMatchObject({ state: 'free' });
    expect(lost).toBe(false);
  });
});
