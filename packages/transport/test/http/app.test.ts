import { OperationError, type OperationInput } from '@escarp/transport';
import { describe, expect, it } from 'vitest';
import { errorOf, get, post, sampleApp } from '../sample-app.js';
import { freeSlot, lease } from '../sample-views.js';

describe('operations over HTTP', () => {
  it('speak snake case outside and camel case inside', async () => {
    let seen: OperationInput<'acquire'> | undefined;
    const app = sampleApp({
      handlers: {
        acquire: async (input) => {
          seen = input;
          return lease();
        },
      },
    });
    const response = await post(app, '/acquire', {
      holder: 'ada',
      tenant: 'acme',
      dev_port: 3000,
      wait_s: 1.5,
      request_id: 'r1',
      labels: { snake_case: 'kept', camelCase: 'kept' },
    });
    expect(response.status).toBe(200);
    expect(seen).toEqual({
      scope: { holder: 'ada', tenant: 'acme', run: undefined, client: undefined },
      devPort: 3000,
      waitS: 1.5,
      requestId: 'r1',
      labels: { snake_case: 'kept', camelCase: 'kept' },
    });
    expect(await response.json()).toMatchObject({
      lease_token: 'token-of-ada',
      cdp_ws_url: 'ws://127.0.0.1:9222/devtools/browser/0',
      heartbeat_interval_s: 20,
      expires_at: 1060.5,
    });
  });

  it.each([
    ['/status', undefined, 'pool_size'],
    ['/reaped', undefined, 'reaped'],
    ['/healthz', undefined, 'ok'],
    ['/readyz', undefined, 'ready'],
    ['/heartbeat', { lease_token: 't' }, 'lease_token'],
    ['/release', { lease_token: 't', no_wait: true }, 'slot'],
    ['/pool/add', { slot: 1 }, 'slot'],
    ['/pool/remove', { slot: 1, force: true }, 'removed'],
    ['/revoke', { slot: 1 }, 'state'],
    ['/handoff', { lease_token: 't', to: 'grace' }, 'handoff'],
  ])('%s answers', async (path, body, field) => {
    const response = await (body ? post(sampleApp(), path, body) : get(sampleApp(), path));
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveProperty(field);
  });

  it('never let out a field that the contract does not name', async () => {
    const app = sampleApp({
      handlers: {
        release: async () => lease(),
        revoke: async () => {
          throw new OperationError('slot_leased', { snapshot: [lease()] });
        },
      },
    });
    for (const response of [
      await post(app, '/release', { lease_token: 't' }),
      await post(app, '/revoke', { slot: 0 }),
    ]) {
      const text = await response.text();
      expect(text).toContain('cdp_port');
      expect(text).not.toContain('token-of-ada');
      expect(text).not.toContain('lease_id');
    }
  });

  it('report a refusal with everything the caller can act on', async () => {
    const app = sampleApp({
      handlers: {
        acquire: async () => {
          throw new OperationError('pool_exhausted', {
            retryAfterS: 12.2,
            queueLength: 3,
            nextActions: ['Wait with wait_s.'],
            snapshot: [freeSlot({ state: 'leased', holder: 'grace' })],
            details: { nearestExpiry: 1012.2 },
          });
        },
      },
    });
    const response = await post(app, '/acquire', { holder: 'ada' });
    expect(response.status).toBe(409);
    expect(response.headers.get('retry-after')).toBe('13');
    expect(await response.json()).toMatchObject({
      error: 'pool_exhausted',
      message: 'Every slot is leased.',
      retry: 'later',
      retry_after_s: 12.2,
      queue_length: 3,
      next_actions: ['Wait with wait_s.'],
      snapshot: [{ holder: 'grace' }],
      details: { nearest_expiry: 1012.2 },
    });
  });

  it('hide what went wrong inside, and report it', async () => {
    const reported: unknown[] = [];
    const app = sampleApp({
      handlers: { status: () => Promise.reject(new Error('secret path')) },
      onInternalError: (error) => reported.push(error),
    });
    const response = await get(app, '/status');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret path');
    expect(reported).toMatchObject([{ message: 'secret path' }]);
  });

  it.each([
    ['is no failure of ours', true, 0],
    ['is reported if nobody hung up', false, 1],
  ])('for a request that was given up: it %s', async (_, hangsUp, reports) => {
    const client = new AbortController();
    const reported: unknown[] = [];
    const app = sampleApp({
      handlers: {
        status: () => {
          if (hangsUp) client.abort();
          return Promise.reject(new DOMException('The operation was aborted.', 'AbortError'));
        },
      },
      onInternalError: (error) => reported.push(error),
    });
    await app.request('http://127.0.0.1:7878/status', {
      headers: { host: '127.0.0.1:7878' },
      signal: client.signal,
    });
    expect(reported).toHaveLength(reports);
  });

  it('undo a grant whose reply could not even be made', async () => {
    let undone = 0;
    const app = sampleApp({
      handlers: {
        acquire: async (_input, call) => {
          call.onUndelivered(() => undone++);
          return lease({ fence: 1n as unknown as number });
        },
      },
      onInternalError: () => {},
    });
    expect((await post(app, '/acquire', { holder: 'ada' })).status).toBe(500);
    expect(undone).toBe(1);
  });
});

describe('bad input', () => {
  it.each([
    ['/acquire', '{', 'bad_json'],
    ['/acquire', '', 'bad_json'],
    ['/acquire', '[]', 'bad_json'],
    ['/acquire', 'null', 'bad_json'],
    ['/acquire', '"x"', 'bad_json'],
    ['/acquire', {}, 'missing_holder'],
    ['/acquire', { holder: '' }, 'missing_holder'],
    ['/acquire', { holder: null }, 'missing_holder'],
    ['/acquire', { holder: 7 }, 'bad_request'],
    ['/acquire', { holder: 'a', slot: '1' }, 'bad_request'],
    ['/acquire', { holder: 'a', slot: 1.5 }, 'bad_request'],
    ['/acquire', { holder: 'a', slot: -1 }, 'bad_request'],
    ['/acquire', { holder: 'a', wait_s: -1 }, 'bad_request'],
    ['/acquire', { holder: 'a', labels: { k: 1 } }, 'bad_request'],
    ['/acquire', { holder: 'a'.repeat(201) }, 'bad_request'],
    ['/acquire', { holder: 'a\u0000b' }, 'bad_request'],
    ['/acquire', { holder: '\u001b[31mred' }, 'bad_request'],
    ['/acquire', { holder: 'evil\u202eexe' }, 'bad_request'],
    ['/acquire', { holder: 'half \ud800' }, 'bad_request'],
    ['/acquire', { holder: 'a\nb' }, 'bad_request'],
    ['/heartbeat', {}, 'missing_lease_token'],
    ['/heartbeat', { leaseToken: 'not how it is spelled' }, 'missing_lease_token'],
    ['/release', { lease_token: '' }, 'missing_lease_token'],
    ['/pool/add', {}, 'missing_slot'],
    ['/pool/remove', { force: true }, 'missing_slot'],
    ['/pool/remove', { slot: 1, force: 'yes' }, 'bad_request'],
    ['/revoke', { slot: null }, 'missing_slot'],
    ['/handoff', { lease_token: 't' }, 'bad_request'],
  ])('POST %s %j is %s', async (path, body, code) => {
    const response = await post(sampleApp(), path, body);
    expect(await errorOf(response)).toBe(code);
    expect(response.status).toBe(400);
  });

  it.each([
    [{ holder: 'a', ttl_s: 1e8 }, 'The field ttl_s must be 86400 or less.'],
    [{ holder: 'a', slot: 1e8 }, 'The field slot must be 9999 or less.'],
    [{ holder: 'a', login: ['b'.repeat(300)] }, /^The field login /],
  ])('%j is answered in words of ours: %s', async (body, message) => {
    const answer = await (await post(sampleApp(), '/acquire', body)).json();
    expect(answer).toMatchObject({ error: 'bad_request', message: expect.stringMatching(message) });
    expect(JSON.stringify(answer)).not.toMatch(/Invalid|Expected|received/);
  });

  it('is answered with the name of the field as the caller spelled it', async () => {
    const response = await post(sampleApp(), '/acquire', { holder: 'a', dev_port: 0 });
    expect(await response.json()).toMatchObject({
      error: 'bad_request',
      message: 'The field dev_port must be a port.',
      details: { field: 'dev_port' },
    });
  });

  it('nested deeper than any stack is refused like other input', async () => {
    const deep = `{"holder":"a","slot":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
    expect(await errorOf(post(sampleApp(), '/acquire', deep))).toBe('bad_request');
  });

  it('accepts names in every script', async () => {
    const response = await post(sampleApp(), '/acquire', { holder: 'Ада 🦊 worktree/feature-1' });
    expect(await response.json()).toMatchObject({ holder: 'Ада 🦊 worktree/feature-1' });
  });

  it('may carry fields that only a newer server knows', async () => {
    const response = await post(sampleApp(), '/acquire', { holder: 'a', hologram: true, slot: null });
    expect(response.status).toBe(200);
  });
});

describe('addresses and methods', () => {
  it('that do not exist say so', async () => {
    const response = await get(sampleApp(), '/nothing/here');
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toBe('unknown_route');
  });

  it('that do not go together say which would', async () => {
    const response = await get(sampleApp(), '/acquire');
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST, OPTIONS');
    expect(await errorOf(response)).toBe('method_not_allowed');
  });

  it('answer HEAD like GET, without a body, and OPTIONS without any CORS header', async () => {
    const app = sampleApp();
    const request = (method: string) =>
      app.request('/status', { method, headers: { host: 'localhost:7878' } });
    const head = await request('HEAD');
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
    const options = await request('OPTIONS');
    expect(options.status).toBe(204);
    expect(options.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect([...options.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
