import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { viewerCloseCodes } from '@escarp/live-view/wire';
import {
  FakePool,
  leased,
  type OpenSession,
  redeem,
  startViewer,
  type ViewerFixture,
} from './viewer-fixture.js';

let fixture: ViewerFixture;
const sessions: OpenSession[] = [];

beforeEach(async () => {
  fixture = await startViewer(new FakePool([leased(7), {}]));
});
afterEach(async () => {
  for (const session of sessions.splice(0)) session.close();
  await fixture.end();
});

async function open(...how: Parameters<ViewerFixture['open']>): Promise<OpenSession> {
  const session = await fixture.open(...how);
  sessions.push(session);
  return session;
}

const key = { type: 'text', slot: 0, text: 'a' } as const;

describe('a link', () => {
  it('opens one session, once', async () => {
    const { urls }: { urls: string[] } = await (await fixture.makeLink({ right: 'view' })).json();
    const [base = '', secret = ''] = urls[0]?.split('/#') ?? [];
    await redeem(base, secret);
    await expect(redeem(base, secret)).rejects.toThrow('401');
  });

  it('is made for an operator alone', async () => {
    const post = (authorization: string) =>
      fetch(`${fixture.viewer.url}/operator/links`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: '{"right":"control"}',
      });
    expect((await post('Bearer wrong')).status).toBe(401);
    expect((await post('')).status).toBe(401);
  });

  it('is made for a holder that shows its token, for its own slot', async () => {
    const made = await fixture.makeLink({ right: 'control', leaseToken: 'token-of-0' });
    const { urls }: { urls: string[] } = await made.json();
    const [base = '', secret = ''] = urls[0]?.split('/#') ?? [];
    const session = await redeem(base, secret);
    const { session: own, slots } = await (await session.get('api/state')).json();
    expect([own, slots.length]).toEqual([expect.objectContaining({ slot: 0, right: 'control' }), 1]);
    expect((await fixture.makeLink({ right: 'view', slot: 1, leaseToken: 'token-of-0' })).status).toBe(403);
  });

  it('that a session makes gives no more than the session has', async () => {
    const session = await open('view', 0);
    expect((await session.post('api/links', { right: 'control' })).status).toBe(403);
    expect((await session.post('api/links', { right: 'view', slot: 1 })).status).toBe(403);
    expect((await session.post('api/links', { right: 'view' })).status).toBe(200);
  });
});

describe('a session', () => {
  it('has a cookie that scripts, other sites and other paths do not get', async () => {
    const session = await open('view');
    expect(session.setCookie).toContain('HttpOnly');
    expect(session.setCookie).toContain('SameSite=Strict');
    expect(session.setCookie).toContain(`Path=${session.path}`);
  });

  it('is of no use with its address alone, or another cookie', async () => {
    const session = await open('view');
    const other = await open('view');
    expect((await session.get('api/state', { cookie: '' })).status).toBe(401);
    expect((await session.get('api/state', { cookie: other.cookie })).status).toBe(401);
    expect((await session.get('', { cookie: '' })).status).toBe(401);
    expect((await session.get('')).status).toBe(200);
  });

  it('for one slot neither shows nor names another', async () => {
    const session = await open('control', 0);
    const state = await (await session.get('api/state')).json();
    expect(state.slots.map(({ slot }: { slot: number }) => slot)).toEqual([0]);
    expect((await session.post('api/slots/1/control', { by: 'human' })).status).toBe(404);
    const viewer = await session.pictures();
    viewer.watch(1);
    expect(await viewer.closed).toBe(viewerCloseCodes.noSuchSlot);
  });

  it('ends with its lease, and its sockets and streams with it', async () => {
    const session = await open('control', 0);
    const viewer = await session.pictures();
    const stream = await session.get('api/state/stream');
    fixture.pool.change(0, { state: 'resetting', fence: null, holder: null });
    expect(await viewer.closed).toBe(viewerCloseCodes.sessionEnded);
    expect(await stream.text()).toContain('event: ended\ndata: {"reason":"lease_ended"}');
    expect((await session.get('api/state')).status).toBe(401);
  });

  it('ends with its lease while nobody looks', async () => {
    const session = await open('view', 0);
    fixture.pool.change(0, { fence: 8 });
    await expect.poll(async () => (await session.get('api/state')).status).toBe(401);
  });

  it('for a slot that nobody holds is for the next lease of it, and no later one', async () => {
    const session = await open('view', 1);
    const viewer = await session.pictures();
    fixture.pool.change(1, leased(8));
    await expect.poll(async () => (await (await session.get('api/state')).json()).slots[0].fence).toBe(8);
    fixture.pool.change(1, leased(9));
    expect(await viewer.closed).toBe(viewerCloseCodes.sessionEnded);
  });

  it('ends when it is revoked', async () => {
    const viewer = await (await open('view')).pictures();
    await fetch(`${fixture.viewer.url}/operator/revoke`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer operator-credential-of-this-test',
      },
      body: '{}',
    });
    expect(await viewer.closed).toBe(viewerCloseCodes.sessionEnded);
  });
});

describe('the right to look', () => {
  it('is no right to touch: the socket is closed, and that is logged', async () => {
    const viewer = await (await open('view')).pictures();
    viewer.send(key);
    expect(await viewer.closed).toBe(viewerCloseCodes.inputWithoutControl);
    expect(fixture.log).toEqual([expect.objectContaining({ details: { slot: 0 } })]);
  });

  it('neither takes over nor answers', async () => {
    const session = await open('view');
    fixture.pool.facts = { ...fixture.pool.facts, asks: [ask] };
    expect((await session.post('api/slots/0/control', { by: 'human' })).status).toBe(403);
    expect((await session.post('api/asks/a1', { outcome: 'done' })).status).toBe(403);
    expect((await session.post('api/approvals/p1', { decision: 'approve' })).status).toBe(403);
    expect(fixture.pool.done).toEqual([]);
  });
});

describe('the right to control', () => {
  it('lets input through only after taking over, and not in another session', async () => {
    const session = await open('control');
    const viewer = await session.pictures();
    const other = await (await open('control')).pictures();
    const answer = async (one: typeof viewer) => {
      one.news.length = 0;
      one.send(key);
      await one.until(() => one.news.length > 0);
      return one.news[0];
    };
    expect(await answer(viewer)).toMatchObject({ type: 'refused', error: { error: 'control_not_taken' } });
    const taken = await session.post('api/slots/0/control', { by: 'human', who: 'Ada', reason: 'captcha' });
    expect(await taken.json()).toMatchObject({ by: 'human', isOwn: true });
    // There is no browser here, and that is as far as input can get.
    expect(await answer(viewer)).toMatchObject({ error: { error: 'slot_not_ready' } });
    expect(await answer(other)).toMatchObject({ error: { error: 'control_not_taken' } });
    await session.post('api/slots/0/control', { by: 'agent', outcome: 'done', note: 'solved' });
    expect(await answer(viewer)).toMatchObject({ error: { error: 'control_not_taken' } });
    expect(fixture.pool.done.map(({ call, lease }) => [call, lease?.fence])).toEqual([
      ['take', 7],
      ['handBack', 7],
    ]);
  });

  it('lets nothing through while the daemon does not answer', async () => {
    const session = await open('control');
    const viewer = await session.pictures();
    await session.post('api/slots/0/control', { by: 'human' });
    fixture.pool.answers = false;
    await expect.poll(async () => (await (await session.get('api/state')).json()).daemonAnswers).toBe(false);
    viewer.news.length = 0;
    viewer.send(key);
    await viewer.until(() => viewer.news.length > 0);
    expect(viewer.news[0]).toMatchObject({ error: { error: 'control_not_taken' } });
  });

  it('answers who asks, and decides', async () => {
    const session = await open('control');
    fixture.pool.facts = { ...fixture.pool.facts, asks: [ask] };
    fixture.pool.change(0, {});
    await session.post('api/asks/a1', { outcome: 'declined', note: 'no' });
    await session.post('api/approvals/p1', { decision: 'deny' });
    expect(fixture.pool.done).toEqual([
      { call: 'answer a1', result: { outcome: 'declined', note: 'no' } },
      { call: 'decide p1', result: { approve: false } },
    ]);
  });
});

const ask = {
  id: 'a1',
  slot: 0,
  fence: 7,
  holder: 'claude',
  reason: 'captcha',
  instructions: null,
  askedAt: 1,
  expiresAt: 2,
};

describe('a page of another origin', () => {
  it('gets no answer under a name that was rebound', async () => {
    const { port } = fixture.viewer;
    const answer = await raw(
      port,
      `GET / HTTP/1.1\r\nHost: evil.example:${port}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toContain('403');
    expect(answer).toContain('forbidden_host');
  });

  it('neither opens sockets nor posts, although it has the cookie of another port', async () => {
    const session = await open('control');
    const origin = 'http://127.0.0.1:3000';
    expect((await session.post('api/slots/0/control', { by: 'human' }, { origin })).status).toBe(403);
    expect((await session.post('api/links', { right: 'control' }, { origin: 'null' })).status).toBe(403);
    for (const route of ['api/pictures', 'api/slots/0/vnc']) {
      const socket = session.socket(route, { origin });
      expect(String((await once(socket, 'error'))[0])).toContain('403');
    }
    const reads = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' };
    expect((await session.get('api/state', reads)).status).toBe(403);
  });

  it('frames nothing, and loads nothing', async () => {
    const session = await open('view');
    const { headers } = await session.get('');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const framed = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'iframe',
    };
    expect((await session.get('', framed)).status).toBe(403);
  });

  it('cannot ask for a link, whatever it knows', async () => {
    const post = (headers: Record<string, string>) =>
      fetch(`${fixture.viewer.url}/operator/links`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer operator-credential-of-this-test',
          ...headers,
        },
        body: '{"right":"control"}',
      });
    expect((await post({ origin: fixture.viewer.url })).status).toBe(403);
    expect((await post({ 'sec-fetch-site': 'same-origin' })).status).toBe(403);
  });

  it.each(['text/plain', 'application/json-patch+json', ''])(
    'sends no body as %j that is read',
    async (type) => {
      const session = await open('view');
      const reply = await session.post('api/links', { right: 'view' }, { 'content-type': type });
      expect(reply.status).toBe(415);
      const read = await session.post(
        'api/links',
        { right: 'view' },
        { 'content-type': 'application/json; charset=utf-8' },
      );
      expect(read.status).toBe(200);
    },
  );
});

it('works through ssh -L, where the port is another', async () => {
  const tunnel = createServer((client) => {
    const server = connect(fixture.viewer.port, '127.0.0.1');
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(tunnel, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one.
  const { port } = tunnel.address() as AddressInfo;
  const { urls }: { urls: string[] } = await (await fixture.makeLink({ right: 'control' })).json();
  const session = await redeem(`http://localhost:${port}`, urls[0]?.split('#')[1] ?? '');
  sessions.push(session);
  const viewer = await session.pictures();
  expect((await session.post('api/slots/0/control', { by: 'human' })).status).toBe(200);
  expect(
    (await session.post('api/slots/0/control', { by: 'human' }, { origin: fixture.viewer.url })).status,
  ).toBe(403);
  viewer.socket.terminate();
  tunnel.close();
});

async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
