import * as fc from 'fast-check';
import { hostileBodies, hostileValues, requestFields } from '@escarp/test-support';
import { isErrorCode, routes } from '@escarp/transport';
import { McpSessions } from '@escarp/transport/mcp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MemoryBroker } from '../mcp/memory-broker.js';
import { sampleApp } from '../sample-app.js';

const seed = Number(process.env['FUZZ_SEED'] ?? 7878);
const runs = Number(process.env['FUZZ_RUNS'] ?? 2500);

const value = fc.oneof(fc.constantFrom(...hostileValues), fc.jsonValue(), fc.string({ unit: 'binary' }));
/** Of requests about people, logins and what a lease is to come with. */
const peopleFields = (
  'window login update_login screenshots agent reason instructions timeout_s action fence ' +
  'outcome who note approve name new_name url origins all_origins full'
).split(' ');
const body = fc.oneof(
  fc
    .dictionary(fc.constantFrom(...requestFields, ...peopleFields), value)
    .map((each) => JSON.stringify(each)),
  fc.jsonValue().map((each) => JSON.stringify(each)),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...hostileBodies),
);
const paths = [
  ...Object.values(routes).flatMap(({ path }) =>
    ['slot-0', 'shop', '1', '__proto__', '%00', '%2e%2e', '%E0%A4%A'].map((name) =>
      path.replace(/\{\w+\}/, name),
    ),
  ),
  '/events',
  '/metrics',
  '/openapi.json',
  '/mcp',
];
const path = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<string>(...paths) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<string>(...paths).map((each) => `${each}?from=${'9'.repeat(30)}&x=%`),
  },
  { weight: 1, arbitrary: fc.webPath() },
);
const headers = fc.record(
  {
    host: fc.constantFrom('127.0.0.1:7878', '127.0.0.1:7878', '127.0.0.1:7878', 'evil.example', ''),
    'content-type': fc.constantFrom(
      'application/json',
      'application/json',
      'text/plain',
      'application/json;;',
    ),
    origin: fc.constantFrom('null', 'http://127.0.0.1:7878', 'https://evil.example'),
    'sec-fetch-site': fc.constantFrom('none', 'cross-site'),
    authorization: fc.constantFrom('Bearer', 'Bearer x', 'Basic eDp5', ''),
    'last-event-id': fc.constantFrom('1', '-1', 'x'),
    'mcp-session-id': fc.constantFrom('1', 'session-1'),
    accept: fc.constantFrom('application/json, text/event-stream', 'text/html'),
  },
  { requiredKeys: ['host', 'content-type'] },
);
const request = fc.record({
  path,
  headers,
  body,
  method: fc.constantFrom(
    'GET',
    'POST',
    'POST',
    'POST',
    'PUT',
    'DELETE',
    'PATCH',
    'HEAD',
    'OPTIONS',
    'PROPFIND',
  ),
});

describe('every route', () => {
  it(
    'answers whatever is sent to it, with success or with a code from the table',
    { timeout: 60_000 },
    async () => {
      const sessions = new McpSessions({
        broker: new MemoryBroker().broker,
        defaultHolder: () => 'fuzz',
        version: '2.0.0',
        onInternalError: (error) => {
          throw error;
        },
        ids: () => 'session-1',
      });
      onTestFinished(() => sessions.close());
      const failures: unknown[] = [];
      const app = sampleApp({ mcp: sessions.endpoint, onInternalError: (error) => failures.push(error) });
      const seen = new Map<string, number>();
      const property = fc.asyncProperty(request, async ({ path: to, method, headers: sent, body: text }) => {
        const bodiless = method === 'GET' || method === 'HEAD';
        const response = await app.request(to, {
          method,
          headers: sent,
          ...(bodiless ? {} : { body: text }),
        });
        const answer = await response.text();
        expect(failures).toEqual([]);
        expect(response.status).not.toBe(500);
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
        expect(response.headers.get('x-content-type-options')).toBe('nosniff');
        const outcome = response.status < 400 ? 'success' : codeOf(answer, method);
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      });
      await fc.assert(property, { seed, numRuns: runs });
      // Input that never gets past the first check would prove nothing.
      for (const outcome of ['success', 'bad_json', 'bad_request', 'forbidden_host', 'forbidden_origin']) {
        expect([...seen.keys()]).toContain(outcome);
      }
      expect([...seen.keys()].filter((code) => code.startsWith('missing_'))).not.toEqual([]);
    },
  );
});

/** Past the guard, /mcp answers in the terms of JSON-RPC. */
function codeOf(answer: string, method: string): string {
  if (method === 'HEAD') return 'head';
  const parsed = JSON.parse(answer) as { error: unknown; jsonrpc?: string };
  if (parsed.jsonrpc !== undefined) return 'json_rpc';
  if (!isErrorCode(parsed.error)) throw new Error(`Not an error of the table: ${answer}`);
  return parsed.error;
}
