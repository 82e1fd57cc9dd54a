import { hostileBodies, hostileValues, requestFields } from '@escarp/test-support';
import * as fc from 'fast-check';

/** A request as it goes over the wire, however malformed. */
export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const paths = [
  '/status',
  '/acquire',
  '/heartbeat',
  '/release',
  '/handoff',
  '/revoke',
  '/reaped',
  '/pool/add',
  '/pool/remove',
  '/events',
  '/metrics',
  '/healthz',
  '/readyz',
  '/openapi.json',
  '/mcp',
];
const queries = ['', '?from=99999999999999999999', '?from=-1&x=%', '?from=%00', '/', '/..', '//', '%2e%2e'];
const values = fc.oneof(fc.constantFrom(...hostileValues), fc.jsonValue(), fc.string({ unit: 'binary' }));
// Without a whole number for how long to wait, because such a request rightly takes its time.
const waits = fc.constantFrom<unknown>(0, -1, '1', null, 1e308, {}, []);
const fields = fc.record(
  {
    ...Object.fromEntries(requestFields.map((name) => [name, values])),
    wait_s: waits,
  },
  { requiredKeys: ['wait_s'] },
);
const rpc = fc.record(
  {
    jsonrpc: fc.oneof(fc.constant('2.0'), values),
    id: fc.oneof(fc.integer(), values),
    method: fc.oneof(fc.constantFrom('initialize', 'ping', 'tools/list', 'tools/call'), values),
    params: values,
  },
  { requiredKeys: [] },
);
const bodies = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('holder', 'lease_token', 'slot', 'to'), fc.constantFrom('x', 0, 1, 7))
      .map(([name, value]) => JSON.stringify({ holder: 'x', wait_s: 0, [name]: value })),
  },
  { weight: 4, arbitrary: fields.map((each) => JSON.stringify(each)) },
  { weight: 2, arbitrary: rpc.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: fc.jsonValue().map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...hostileBodies),
  },
);

/** Requests for every route of the daemon on a port; most of them get past its guard. */
export function fuzzedRequests(port: number): fc.Arbitrary<FuzzedRequest> {
  return fc.record({
    method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'),
    path: fc
      .tuple(fc.constantFrom(...paths), fc.constantFrom(...queries, '', '', '', '', ''))
      .map((parts) => parts.join('')),
    headers: fc.record(
      {
        host: fc.constantFrom(`127.0.0.1:${port}`, `localhost:${port}`, `127.0.0.1:${port}`, 'evil.example'),
        'content-type': fc.constantFrom('application/json', 'application/json', 'application/json;;', 'a/b'),
        origin: fc.constantFrom('null', `http://127.0.0.1:${port}`, 'https://evil.example'),
        authorization: fc.constantFrom('Bearer', 'Bearer x', 'Basic eDp5'),
        'mcp-session-id': fc.constantFrom('1', 'x'.repeat(2_000)),
        'last-event-id': fc.constantFrom('-1', 'x', '9'.repeat(40)),
        accept: fc.constantFrom('application/json, text/event-stream', 'text/html'),
      },
      { requiredKeys: ['host', 'content-type'] },
    ),
    body: bodies,
  });
}
