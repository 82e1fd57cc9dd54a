import { PassThrough } from 'node:stream';
import { serveStdio } from '@escarp/transport/mcp';
import { describe, expect, it } from 'vitest';
import { MemoryBroker } from './memory-broker.js';

/** A client that writes JSON lines, as a process on the other end of a pipe would. */
function pipe(pool: MemoryBroker) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const served = serveStdio({
    broker: pool.broker,
    defaultHolder: () => 'piped',
    version: '2.0.0',
    onInternalError: (error) => {
      throw error;
    },
    stdin,
    stdout,
  });
  const lines = stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const ask = async (id: number, method: string, params: object) => {
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return JSON.parse(String((await lines.next()).value)) as { result: Record<string, unknown> };
  };
  return { stdin, stdout, served, ask };
}

/** A client of 2025-06-18, which begins with initialize. */
async function initialized(pool: MemoryBroker) {
  const piped = pipe(pool);
  await piped.ask(1, 'initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'pipe', version: '1' },
  });
  return piped;
}

/** What every request of a client of 2026-07-28 says about the client. */
const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'pipe', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

describe('MCP over stdio', () => {
  it('gives the slot back when stdin is closed', async () => {
    const pool = new MemoryBroker();
    const { stdin, served, ask } = await initialized(pool);
    const { result } = await ask(2, 'tools/call', { name: 'escarp_acquire' });
    expect(result['structuredContent']).toMatchObject({ slot: 0 });
    stdin.end();
    await served.closed;
    expect(pool.released).toEqual(['secret-1']);
  });

  it('gives the slot back when it is told to stop, once', async () => {
    const pool = new MemoryBroker();
    const { served, ask } = await initialized(pool);
    await ask(2, 'tools/call', { name: 'escarp_acquire' });
    await Promise.all([served.close(), served.close()]);
    expect(pool.released).toEqual(['secret-1']);
  });

  it('survives lines that are not messages', async () => {
    const { stdin, ask } = await initialized(new MemoryBroker());
    stdin.write('not json\n{"jsonrpc":"1.0"}\n[]\nnull\n\u0000\n');
    expect((await ask(2, 'tools/list', {})).result).toHaveProperty('tools');
  });

  it('serves a client that initializes nothing, and gives its slots back when it leaves', async () => {
    const pool = new MemoryBroker(2);
    const { stdin, served, ask } = pipe(pool);
    const discovered = await ask(1, 'server/discover', { _meta: envelope });
    expect(discovered.result).toMatchObject({ supportedVersions: ['2026-07-28'] });
    for (const [id, slot] of [
      [2, 0],
      [3, 1],
    ] as const) {
      const { result } = await ask(id, 'tools/call', { _meta: envelope, name: 'escarp_acquire' });
      expect(result['structuredContent']).toMatchObject({ slot, lease: `handle-${slot + 1}` });
    }
    stdin.end();
    await served.closed;
    expect(pool.released).toEqual(['secret-1', 'secret-2']);
  });
});
