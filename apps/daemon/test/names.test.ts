import { inheritedNames, readableNames, unreadableNames } from '@escarp/test-support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstantDaemon } from './instant-daemon.js';

describe('names and labels at a daemon', () => {
  let daemon: InstantDaemon;

  beforeAll(async () => {
    daemon = await InstantDaemon.start(1);
  });
  afterAll(() => daemon.remove());

  const ask = async (path: string, body: string) => {
    const response = await daemon.post(path, body);
    return { status: response.status, ...(await response.json()) };
  };
  const mcp = (method: string, params: string, session: Record<string, string> = {}) =>
    fetch(`${daemon.running.url}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...session,
      },
      body: `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`,
    });
  const callTool = async (args: string) => {
    const client =
      '{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"a","version":"1"}}';
    const opened = await mcp('initialize', client);
    await opened.text();
    const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
    const call = `{"name":"escarp_acquire","arguments":${args}}`;
    return (await mcp('tools/call', call, session)).text();
  };
  const granted = () => daemon.state.fence;

  it.each(unreadableNames)('refuse the name %j in every field', async (name) => {
    const before = granted();
    for (const field of ['holder', 'tenant', 'run', 'client', 'request_id']) {
      const answer = await ask('/acquire', JSON.stringify({ holder: 'a', [field]: name }));
      const error = field === 'holder' && name === '' ? 'missing_holder' : 'bad_request';
      expect([field, answer]).toMatchObject([field, { status: 400, error }]);
      expect(answer.message).toContain(`The field ${field}`);
    }
    const handoff = await ask('/handoff', JSON.stringify({ lease_token: 'x', to: name }));
    expect(handoff).toMatchObject({ status: 400, details: { field: 'to' } });
    const labelled = await ask('/acquire', JSON.stringify({ holder: 'a', labels: { [name]: 'x' } }));
    expect(labelled).toMatchObject({ status: 400, details: { field: 'labels' } });
    expect(granted()).toBe(before);
  });

  it.each(readableNames)('accept the name %s', async (holder) => {
    const { lease_token, ...lease } = await ask(
      '/acquire',
      JSON.stringify({ holder, tenant: holder, wait_s: 5 }),
    );
    expect(lease).toMatchObject({ status: 200, holder });
    expect((await ask('/release', JSON.stringify({ lease_token }))).status).toBe(200);
  });

  it.each(inheritedNames)('refuse the label %s, over HTTP and over MCP', async (name) => {
    const before = granted();
    const wish = `{"holder":"a","labels":{"${name}":"x"}}`;
    expect(await ask('/acquire', wish)).toMatchObject({
      status: 400,
      error: 'bad_request',
      details: { field: 'labels' },
    });
    expect(await callTool(wish)).toContain('labels');
    expect(granted()).toBe(before);
  });
});
