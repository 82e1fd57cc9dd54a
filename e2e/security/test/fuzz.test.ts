import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { makeEscarpHome } from '../../src/escarp-home.js';
import type { AttackResult } from '../src/attack-results.js';
import { expectPublished } from '../src/attack-results.js';
import { scaled } from '../src/attack-scale.js';
import { daemonPeakBytes, daemonPid } from '../src/daemon-memory.js';
import type { FuzzedRequest } from '../src/fuzz-requests.js';
import { fuzzedRequests } from '../src/fuzz-requests.js';

const seed = 7878;
const memoryBytesMax = 400_000_000;
const hangMs = 120_000;

describe('a daemon that is sent nonsense', { tags: ['browser'], timeout: 300_000 }, () => {
  let home: EscarpHome;
  let port: number;
  let pid: number;
  const results: AttackResult[] = [];

  beforeAll(async () => {
    home = await makeEscarpHome(1);
    await home.up();
    port = Number(new URL(await home.url()).port);
    pid = await daemonPid(home);
  }, 120_000);
  afterAll(() => home?.remove(), 120_000);

  it('answers each request with success or with a code, and never with what only a fault would say', async () => {
    const wrong: string[] = [];
    const outcomes = new Set<string>();
    const attempts = scaled(6_000, 600);
    for (const sent of fc.sample(fuzzedRequests(port), { seed, numRuns: attempts })) {
      const { status, text } = await ask(port, sent);
      const outcome = outcomeOf(status, text);
      if (outcome === undefined) wrong.push(`${sent.method} ${sent.path}: ${status} ${text.slice(0, 300)}`);
      else outcomes.add(outcome);
    }
    results.push({ attack: 'request of nonsense, to any route', attempts, gotThrough: wrong.length });
    expect(wrong).toEqual([]);
    // Nonsense that never gets past the guard would prove nothing.
    for (const outcome of ['success', 'bad_request', 'missing_slot', 'unknown_route', 'json_rpc'])
      expect(outcomes).toContain(outcome);
    for (const outcome of ['forbidden_host', 'forbidden_origin', 'method_not_allowed'])
      expect(outcomes).toContain(outcome);
  });

  it('lives on within bounds of memory', async () => {
    expect(await daemonPid(home)).toBe(pid);
    expect((await home.escarp('status', '--json')).exitCode).toBe(0);
    expect(await daemonPeakBytes(home)).toBeLessThan(memoryBytesMax);
  });

  it('is published with its counts', () => expectPublished('fuzz', 'Nonsense', results));
});

async function ask(port: number, { method, path, headers, body }: FuzzedRequest) {
  const sent = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers,
    signal: AbortSignal.timeout(hangMs),
  });
  sent.end(method === 'GET' || method === 'HEAD' ? undefined : body);
  const [response]: IncomingMessage[] = await once(sent, 'response');
  if (response === undefined) throw new Error('There was no answer.');
  const status = response.statusCode ?? 0;
  // A stream of events has no end.
  if (response.headers['content-type'] === 'text/event-stream') {
    response.destroy();
    return { status, text: '' };
  }
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status, text };
}

/** `success`, the code of a refusal, or undefined when this is neither. */
function outcomeOf(status: number, text: string): string | undefined {
  if (status < 400) return 'success';
  if (status >= 500 || /^\s+at /m.test(text)) return undefined;
  if (text === '') return 'silent';
  const { error, jsonrpc }: { error?: unknown; jsonrpc?: string } = JSON.parse(text);
  if (jsonrpc !== undefined) return 'json_rpc';
  return typeof error === 'string' && /^[a-z_]+$/.test(error) ? error : undefined;
}
