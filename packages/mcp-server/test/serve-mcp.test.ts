import { PassThrough } from 'node:stream';
import { OperationError } from '@escarp/transport/client';
import { afterEach, describe, expect, it } from 'vitest';
import type { LeaseBroker } from '@escarp/transport/mcp';
import { serveMcp } from '../src/index.js';

const lease = {
  slot: 0,
  state: 'leased' as const,
  leaseToken: 'secret',
  heartbeatIntervalS: 600,
  cdpHttpUrl: 'http://127.0.0.1:9222',
  ports: { frontend: 3000, backend: 8000, postgres: 5432, cdp: 9222 },
};
const free = { slot: 0, state: 'free' as const };

/** A daemon that answers, and that can go away. */
class FakeDaemon {
  readonly asked: string[] = [];
  up = true;

  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the fields that these tests look at.
  readonly broker = {
    status: async () => this.#answer('status', { poolSize: 1, queueLength: 0, slots: [] }),
    acquire: async ({ holder }: { holder: string }) => this.#answer(`acquire ${holder}`, lease),
    heartbeat: async () => this.#answer('heartbeat', lease),
    release: async () => this.#answer('release', free),
  } as unknown as LeaseBroker;

  async #answer<T>(what: string, answer: T): Promise<T> {
    this.asked.push(what);
    if (!this.up) throw new OperationError('daemon_unreachable');
    return answer;
  }
}

describe('the MCP server', () => {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  const serve = async (connect: (options: { mayStart: boolean }) => Promise<LeaseBroker>) => {
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    const interrupted = new AbortController();
    const ended = serveMcp({
      connect,
      place: { worktree: 'shop', branch: 'fix-login' },
      version: '2.0.0',
      stdin,
      stdout,
      interrupted: interrupted.signal,
      onInternalError: (error) => {
        throw error;
      },
    });
    ends.push(() => stdin.end());
    const lines: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]();
    let id = 0;
    const ask = async (method: string, params: object): Promise<Record<string, unknown>> => {
      stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })}\n`);
      const { value }: { value?: Buffer } = await lines.next();
      const { result }: { result: Record<string, unknown> } = JSON.parse(String(value));
      return result;
    };
    const clientInfo = { name: 'editor', version: '1' };
    await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
    const call = async (name: string) => ask('tools/call', { name, arguments: {} });
    return { ask, call, ended, stdin, interrupt: () => interrupted.abort() };
  };

  it('looks for no daemon before a tool needs one', async () => {
    const daemon = new FakeDaemon();
    let looked = 0;
    const { ask, call } = await serve(async () => {
      looked++;
      return daemon.broker;
    });
    await ask('tools/list', {});
    expect(looked).toBe(0);
    await call('escarp_status');
    await call('escarp_status');
    expect(looked).toBe(1);
  });

  it('names the holder after the client, its folder and its branch', async () => {
    const daemon = new FakeDaemon();
    const { call } = await serve(async () => daemon.broker);
    await call('escarp_acquire');
    expect(daemon.asked).toEqual(['acquire editor@shop-fix-login']);
  });

  it('looks again at the next call when no daemon was found', async () => {
    const daemon = new FakeDaemon();
    const found = [undefined, daemon.broker];
    const { call } = await serve(async () => {
      const next = found.shift();
      if (next === undefined) throw new OperationError('daemon_unreachable');
      return next;
    });
    expect(await call('escarp_status')).toMatchObject({
      isError: true,
      structuredContent: { error: 'daemon_unreachable' },
    });
    expect(await call('escarp_status')).toMatchObject({ structuredContent: { pool_size: 1 } });
  });

  it('finds the daemon that took the place of one that has gone, within the same call', async () => {
    const [old, next] = [new FakeDaemon(), new FakeDaemon()];
    const found = [old.broker, next.broker];
    const { call } = await serve(async () => found.shift() ?? next.broker);
    await call('escarp_status');
    old.up = false;
    expect(await call('escarp_status')).toMatchObject({ structuredContent: { pool_size: 1 } });
    expect(next.asked).toEqual(['status']);
  });

  it('may start a daemon to acquire, but not to release or to look at the pool', async () => {
    const daemon = new FakeDaemon();
    const allowed: boolean[] = [];
    const { call } = await serve(async ({ mayStart }) => {
      allowed.push(mayStart);
      return daemon.broker;
    });
    await call('escarp_acquire');
    daemon.up = false;
    expect(await call('escarp_release')).toMatchObject({ isError: true });
    expect(await call('escarp_status')).toMatchObject({ isError: true });
    expect(allowed).toEqual([true, false, false]);
  });

  it.each(['its client goes', 'it is interrupted'])('gives the slot back and ends when %s', async (how) => {
    const daemon = new FakeDaemon();
    const { call, ended, stdin, interrupt } = await serve(async () => daemon.broker);
    await call('escarp_acquire');
    if (how === 'its client goes') stdin.end();
    else interrupt();
    await ended;
    expect(daemon.asked).toEqual(['acquire editor@shop-fix-login', 'release']);
  });
});
