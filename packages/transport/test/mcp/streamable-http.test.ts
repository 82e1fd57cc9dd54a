import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { McpSessions, type McpEndpointOptions } from '@escarp/transport/mcp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../listen.js';
import { MemoryBroker } from './memory-broker.js';

async function serve(pool: MemoryBroker, over: Partial<McpEndpointOptions> = {}) {
  let made = 0;
  const sessions = new McpSessions({
    broker: pool.broker,
    defaultHolder: (client) => client?.name ?? 'unnamed',
    version: '2.0.0',
    onInternalError: (error) => {
      throw error;
    },
    ids: () => `session-${++made}`,
    progressMs: 5,
    ...over,
  });
  onTestFinished(() => sessions.close());
  const { url } = await listen({ mcp: sessions.endpoint });
  return { sessions, url: `${url}/mcp` };
}

async function connect(url: string, options: ClientOptions = {}) {
  const transport = new StreamableHTTPClientTransport(new URL(url));
  const client = new Client({ name: 'http-agent', version: '1' }, options);
  await client.connect(transport);
  onTestFinished(() => client.close());
  return { client, transport };
}

/** A client of the revision that has no sessions. */
const connectModern = (url: string) => connect(url, { versionNegotiation: { mode: { pin: '2026-07-28' } } });

const rpc = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('MCP over streamable HTTP', () => {
  it('leases to each session a slot of its own', async () => {
    const pool = new MemoryBroker();
    const { url } = await serve(pool);
    const first = await connect(url);
    const second = await connect(url);
    expect((await first.client.callTool({ name: 'escarp_acquire' })).structuredContent).toMatchObject({
      slot: 0,
    });
    expect(pool.asked[0]?.holder).toBe('http-agent');
    expect((await second.client.callTool({ name: 'escarp_acquire' })).isError).toBe(true);
  });

  it('sends progress while a call waits', async () => {
    const pool = new MemoryBroker();
    const { url } = await serve(pool);
    const first = await connect(url);
    const second = await connect(url);
    await first.client.callTool({ name: 'escarp_acquire' });
    let told = 0;
    const granted = second.client.callTool(
      { name: 'escarp_acquire', arguments: { wait_s: 60 } },
      {
        onprogress: () => told++,
      },
    );
    await vi.waitUntil(() => told > 0, 20_000);
    await first.client.callTool({ name: 'escarp_release' });
    expect((await granted).structuredContent).toMatchObject({ slot: 0 });
  });

  it('ends a lease with its session', async () => {
    const pool = new MemoryBroker();
    const { url, sessions } = await serve(pool);
    const { client, transport } = await connect(url);
    await client.callTool({ name: 'escarp_acquire' });
    await transport.terminateSession();
    await vi.waitUntil(() => pool.released.length === 1, 20_000);
    expect(sessions.size).toBe(0);
  });

  it('ends a session, and its lease, that has fallen silent', async () => {
    const pool = new MemoryBroker();
    const { url, sessions } = await serve(pool, { silenceMs: 1000 });
    const { client } = await connect(url);
    await client.callTool({ name: 'escarp_acquire' });
    await vi.waitUntil(() => pool.released.length === 1, 20_000);
    expect(sessions.size).toBe(0);
    await expect(client.callTool({ name: 'escarp_status' })).rejects.toThrow(/no such session/);
  });

  it('does not take a long wait for silence', async () => {
    const pool = new MemoryBroker();
    const { url } = await serve(pool, { silenceMs: 1000 });
    await pool.broker.acquire({ holder: 'someone else' });
    const { client } = await connect(url);
    let told = 0;
    const granted = client.callTool(
      { name: 'escarp_acquire', arguments: { wait_s: 60 } },
      {
        onprogress: () => told++,
      },
    );
    await vi.waitUntil(() => told > 250, 20_000);
    await pool.broker.release({ leaseToken: 'secret-1' });
    expect((await granted).structuredContent).toMatchObject({ slot: 0 });
  });

  it('keeps a bounded number of sessions', async () => {
    const { url, sessions } = await serve(new MemoryBroker(), { sessionsMax: 2 });
    await connect(url);
    await connect(url);
    await expect(connect(url)).rejects.toThrow(/Too many open MCP sessions/);
    expect(sessions.size).toBe(2);
  });

  it('does not keep a session for what begins none', async () => {
    const { url, sessions } = await serve(new MemoryBroker());
    for (const body of [
      '{',
      '[]',
      'null',
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      { nonsense: true },
    ]) {
      const response = await rpc(url, body);
      expect(response.status).toBe(400);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect((await fetch(url)).status).toBe(400);
    expect(sessions.size).toBe(0);
  });

  it('refuses bodies that are too large', async () => {
    const { url, sessions } = await serve(new MemoryBroker());
    expect((await rpc(url, { filler: 'x'.repeat(300_000) })).status).toBe(413);
    expect(sessions.size).toBe(0);
  });

  it.each([
    ['too large', 'application/json', 413],
    ['not JSON', 'text/plain', 415],
  ])('goes on using a connection on which it refused a body that is %s', async (_, type, status) => {
    const { url } = await serve(new MemoryBroker());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const ask = async (method: string, body = '') => {
      const headers = { accept: 'application/json, text/event-stream', 'content-type': type };
      const asked = request(url, { method, agent, headers }).end(body);
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      const { statusCode, socket } = answer;
      await once(answer.resume(), 'end');
      return { statusCode, localPort: socket.localPort };
    };
    const refused = await ask('POST', 'x'.repeat(300_000));
    expect(refused.statusCode).toBe(status);
    // The server gives a body half a second to arrive, and then cuts its connection.
    for (const until = performance.now() + 800; performance.now() < until;) {
      expect((await ask('DELETE')).localPort).toBe(refused.localPort);
    }
  });

  it('knows no session but its own', async () => {
    const { url } = await serve(new MemoryBroker());
    const response = await rpc(
      url,
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { 'mcp-session-id': 'made-up' },
    );
    expect(response.status).toBe(404);
  });

  it('is out of reach for a web page', async () => {
    const { url } = await serve(new MemoryBroker());
    const body = { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} };
    expect((await rpc(url, body, { origin: 'http://localhost:3000' })).status).toBe(403);
  });

  it('gives every slot back when the daemon stops', async () => {
    const pool = new MemoryBroker();
    const { url, sessions } = await serve(pool);
    const { client } = await connect(url);
    await client.callTool({ name: 'escarp_acquire' });
    await sessions.close();
    expect(pool.released).toEqual(['secret-1']);
    expect(sessions.size).toBe(0);
  });
});

describe('MCP over HTTP without sessions, since 2026-07-28', () => {
  const acquire = async ({ client }: { client: Client }) =>
    (await client.callTool({ name: 'escarp_acquire' })).structuredContent as { lease: string; slot: number };
  const call = async ({ client }: { client: Client }, name: string, args: object = {}) =>
    (await client.callTool({ name, arguments: { ...args } })).structuredContent;

  it('keeps a lease by its handle from call to call, and no session', async () => {
    const pool = new MemoryBroker(2);
    const { url, sessions } = await serve(pool);
    const first = await connectModern(url);
    const { lease } = await acquire(first);
    expect(pool.asked[0]?.holder).toBe('http-agent');
    expect(sessions.size).toBe(0);
    expect(await call(first, 'escarp_status', { lease })).toMatchObject({ leases: [{ lease, slot: 0 }] });
    expect(await call(first, 'escarp_release', { lease })).toMatchObject({ released: true, lease });
    expect(await call(first, 'escarp_release', { lease })).toMatchObject({ error: 'lease_ended' });
  });

  it('lets nobody near a lease who does not name it', async () => {
    const pool = new MemoryBroker(2);
    const { url } = await serve(pool);
    const { lease } = await acquire(await connectModern(url));
    const stranger = await connectModern(url);
    expect(await call(stranger, 'escarp_release')).toMatchObject({
      error: 'which_lease',
      details: { leases: [] },
    });
    expect(JSON.stringify(await call(stranger, 'escarp_status'))).not.toContain(lease);
    expect(await call(stranger, 'escarp_release', { lease: 'guessed' })).toMatchObject({
      error: 'unknown_lease',
    });
    const session = await connect(url);
    expect(await call(session, 'escarp_release', { lease })).toMatchObject({ error: 'unknown_lease' });
    expect(pool.released).toEqual([]);
  });

  it('ends a lease that no call has named for long', async () => {
    const pool = new MemoryBroker();
    const { url } = await serve(pool, { silenceMs: 100 });
    const agent = await connectModern(url);
    const { lease } = await acquire(agent);
    await vi.waitUntil(() => pool.released.length === 1, 20_000);
    expect(await call(agent, 'escarp_status', { lease })).toMatchObject({ error: 'lease_ended' });
  });

  it('renews a lease with each call that names it', async () => {
    const pool = new MemoryBroker();
    const { url } = await serve(pool);
    const agent = await connectModern(url);
    const { lease } = await acquire(agent);
    const { beats } = pool;
    await call(agent, 'escarp_status', { lease });
    expect(pool.beats).toBeGreaterThan(beats);
  });

  it('sends progress while a call waits, and leaves the queue when the client hangs up', async () => {
    const pool = new MemoryBroker();
    const { url } = await serve(pool);
    await acquire(await connectModern(url));
    const { client } = await connectModern(url);
    const gone = new AbortController();
    const granted = client.callTool(
      { name: 'escarp_acquire', arguments: { wait_s: 60 } },
      {
        signal: gone.signal,
        onprogress: ({ message }) => message?.includes('place 1') && gone.abort('enough'),
      },
    );
    await expect(granted).rejects.toThrow('enough');
    await vi.waitUntil(() => pool.waiting === 0, 20_000);
  });

  it('gives every slot back when the daemon stops', async () => {
    const pool = new MemoryBroker();
    const { url, sessions } = await serve(pool);
    await acquire(await connectModern(url));
    await sessions.close();
    expect(pool.released).toEqual(['secret-1']);
  });
});
