import { createServer, type Server } from 'node:http';
import { listen, onFirstFreePort } from '@escarp/transport';
import { freePorts } from '@escarp/test-support';
import { describe, expect, it, onTestFinished } from 'vitest';

describe('the ports of a server', () => {
  const open = async (port: number, server: Server = createServer()): Promise<number> => {
    onTestFinished(() => void server.close());
    return listen(server, '127.0.0.1', port);
  };

  it('are tried in steps of ten until one is free', async () => {
    const base = await freePorts(21);
    await open(base);
    await open(base + 10);
    const server = createServer();
    expect(await onFirstFreePort(base, async (port) => open(port, server))).toBe(base + 20);
  });

  it('are at most eleven, and none that does not exist', async () => {
    const taken = Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
    const triedFrom = async (base: number): Promise<number[]> => {
      const tried: number[] = [];
      const refuse = async (port: number): Promise<never> => {
        tried.push(port);
        throw taken;
      };
      expect(await onFirstFreePort(base, refuse)).toBeUndefined();
      return tried;
    };
    expect(await triedFrom(7_878)).toEqual(Array.from({ length: 11 }, (_, at) => 7_878 + 10 * at));
    expect(await triedFrom(65_520)).toEqual([65_520, 65_530]);
  });

  it('are not tried further if something else is wrong', async () => {
    const other = new Error('no such address');
    await expect(onFirstFreePort(7_878, () => Promise.reject(other))).rejects.toBe(other);
  });

  it('are any free one for 0', async () => {
    expect(await onFirstFreePort(0, open)).toBeGreaterThan(0);
  });
});
