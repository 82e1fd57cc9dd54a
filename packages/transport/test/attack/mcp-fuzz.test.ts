import * as fc from 'fast-check';
import { McpSessions } from '@escarp/transport/mcp';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../listen.js';
import { MemoryBroker } from '../mcp/memory-broker.js';

const seed = Number(process.env['FUZZ_SEED'] ?? 7878);
const runs = Number(process.env['FUZZ_RUNS'] ?? 600);

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.constantFrom('', 'escarp_acquire', '__proto__'),
);
const method = fc.oneof(
  fc.constantFrom(
    'initialize',
    'ping',
    'tools/list',
    'tools/call',
    'resources/read',
    'notifications/cancelled',
  ),
  text,
);
const id = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.double(), fc.constant({}));
const call = fc.record(
  {
    jsonrpc: fc.oneof(fc.constant('2.0'), fc.jsonValue()),
    id,
    method: fc.oneof(method, fc.jsonValue()),
    params: fc.oneof(
      fc.record({
        name: text,
        arguments: fc.dictionary(fc.constantFrom('slot', 'holder', 'labels', '__proto__'), fc.jsonValue()),
      }),
      fc.record({ protocolVersion: text, capabilities: fc.jsonValue(), clientInfo: fc.jsonValue() }),
      fc.jsonValue(),
    ),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  call.map((each) => JSON.stringify(each)),
  fc.array(call, { maxLength: 20 }).map((each) => JSON.stringify(each)),
  fc.jsonValue().map((each) => JSON.stringify(each)),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('['.repeat(30_000), `{"a":${'{"a":'.repeat(5_000)}`, '1e999', '"', 'x'.repeat(300_000)),
);
/** What fetch accepts of arbitrary text. */
const header = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });

it(
  'no request to /mcp crashes the server, hangs, or leaves more sessions than there may be',
  { timeout: 120_000 },
  async () => {
    const broken: unknown[] = [];
    const sessionsMax = 8;
    let made = 0;
    const sessions = new McpSessions({
      broker: new MemoryBroker().broker,
      defaultHolder: () => 'fuzz',
      version: '2.0.0',
      onInternalError: (error) => broken.push(error),
      ids: () => `session-${++made}`,
      sessionsMax,
    });
    onTestFinished(() => sessions.close());
    const { url } = await listen({ mcp: sessions.endpoint, onInternalError: (error) => broken.push(error) });
    const request = fc.record({
      method: fc.constantFrom('POST', 'POST', 'POST', 'POST', 'DELETE'),
      body,
      session: fc.option(fc.oneof(fc.constantFrom('session-1', 'session-2'), header)),
      protocol: fc.option(fc.oneof(fc.constantFrom('2025-06-18', '1999-01-01'), header)),
      type: fc.oneof(fc.constant('application/json'), header),
    });
    await fc.assert(
      fc.asyncProperty(request, async (given) => {
        const headers = new Headers({
          accept: 'application/json, text/event-stream',
          'content-type': given.type,
        });
        if (given.session !== null) headers.set('mcp-session-id', given.session);
        if (given.protocol !== null) headers.set('mcp-protocol-version', given.protocol);
        const answer = await fetch(`${url}/mcp`, {
          method: given.method,
          headers,
          ...(given.method === 'POST' ? { body: given.body } : {}),
          signal: AbortSignal.timeout(20_000),
        });
        await answer.text();
        expect(answer.status === 503 || answer.status < 500, `${answer.status}`).toBe(true);
        expect(sessions.size).toBeLessThanOrEqual(sessionsMax);
      }),
      { seed, numRuns: runs },
    );
    expect(broken).toEqual([]);
    const alive = await fetch(`${url}/healthz`);
    expect(alive.status).toBe(200);
  },
);
