import { createServer } from 'node:http';
import { lstat, readFile, writeFile, chmod } from 'node:fs/promises';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../../src/escarp-home.js';
import { McpSession, stdioTransport } from '../../src/mcp-session.js';
import type { AttackResult } from '../src/attack-results.js';
import { expectPublished } from '../src/attack-results.js';
import { makeSlotlessHome } from '../src/slotless-home.js';

const routes: readonly [method: string, path: string][] = [
  ['GET', '/status'],
  ['GET', '/reaped'],
  ['GET', '/events'],
  ['GET', '/metrics'],
  ['POST', '/acquire'],
  ['POST', '/heartbeat'],
  ['POST', '/release'],
  ['POST', '/handoff'],
  ['POST', '/revoke'],
  ['POST', '/pool/add'],
  ['POST', '/pool/remove'],
  ['POST', '/mcp'],
];
const adminRoutes = ['/revoke', '/pool/add', '/pool/remove'];

/** Answers of one request with an Authorization header, or none. */
async function ask(url: string, method: string, path: string, authorization?: string, body = '{"slot":0}') {
  const response = await fetch(url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(authorization === undefined ? {} : { authorization }),
    },
    ...(method === 'POST' ? { body } : {}),
  });
  const isStream = response.headers.get('content-type') === 'text/event-stream';
  if (isStream) await response.body?.cancel();
  return { status: response.status, text: isStream ? '' : await response.text() };
}

const results: AttackResult[] = [];

function expectNone(attack: string, outcomes: readonly boolean[]): void {
  const gotThrough = outcomes.filter(Boolean).length;
  results.push({ attack, attempts: outcomes.length, gotThrough });
  expect({ attack, gotThrough }).toEqual({ attack, gotThrough: 0 });
}

describe('with --require-token', { tags: ['browser'], timeout: 300_000 }, () => {
  let home: EscarpHome;
  let url: string;
  let token: string;

  beforeAll(async () => {
    home = await makeEscarpHome(1, { ...keepsBrowsers, ESCARP_LEASE_TTL_S: '600' });
    const { exitCode, stderr } = await home.escarp('up', '--require-token');
    if (exitCode !== 0) throw new Error(stderr);
    url = await home.url();
    token = await readFile(join(home.path, 'api-token'), 'utf8');
  }, 120_000);
  afterAll(() => home?.remove(), 120_000);

  it('the token is 32 random bytes in a file for its owner alone', async () => {
    expect(token).toMatch(/^[\w-]{43}$/);
    expect((await lstat(join(home.path, 'api-token'))).mode & 0o777).toBe(0o600);
  });

  it('nothing is served without it, nor with a wrong one', async () => {
    const wrong = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      `bearer ${token}`,
      `Basic ${Buffer.from(`x:${token}`).toString('base64')}`,
      token,
      `Bearer  ${token}`,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer ${token.toUpperCase()}`,
    ];
    const outcomes: boolean[] = [];
    for (const [method, path] of routes)
      for (const authorization of wrong)
        outcomes.push(![401, 429].includes((await ask(url, method, path, authorization)).status));
    expectNone('wrong or missing token, on every route that needs one', outcomes);
  });

  it('the token is not taken from the URL, the body or a cookie', async () => {
    const tries = [
      ask(url, 'GET', `/status?token=${token}`),
      ask(url, 'GET', `/status?authorization=Bearer%20${token}`),
      ask(url, 'POST', '/acquire', undefined, JSON.stringify({ holder: 'x', token, api_token: token })),
      fetch(`${url}/status`, { headers: { cookie: `token=${token}`, 'x-api-key': token } }),
    ];
    expectNone(
      'token in a place where it would be logged',
      (await Promise.all(tries)).map(({ status }) => status !== 401 && status !== 429),
    );
  });

  it('a flood of wrong ones is throttled, and the right one is served meanwhile', async () => {
    const flood = Array.from({ length: 400 }, (_, at) => ask(url, 'GET', '/status', `Bearer guess-${at}`));
    const right = Array.from({ length: 20 }, () => ask(url, 'GET', '/status', `Bearer ${token}`));
    const [wrongs, rights] = await Promise.all([Promise.all(flood), Promise.all(right)]);
    expect(wrongs.filter(({ status }) => status === 429).length).toBeGreaterThan(350);
    expect(rights.map(({ status }) => status)).toEqual(right.map(() => 200));
    expectNone(
      'guess in a flood of guesses',
      wrongs.map(({ status }) => ![401, 429].includes(status)),
    );
  });

  it('the command line and its MCP server find it by themselves', async () => {
    expect((await home.escarp('status', '--json')).exitCode).toBe(0);
    const session = await McpSession.connect(stdioTransport(home, ['escarp-mcp']));
    expect((await session.call('escarp_acquire')).isError).toBe(false);
    expect((await session.call('escarp_release')).isError).toBe(false);
    await session.close();
    expect(session.seen.join('')).not.toContain(token);
  });

  it('a token file that others can read is not believed', async () => {
    const path = join(home.path, 'api-token');
    await chmod(path, 0o644);
    const { exitCode } = await home.escarp('status', '--json');
    await chmod(path, 0o600);
    expectNone('token file that others can read', [exitCode === 0]);
  });
});

describe('the token of a daemon', { tags: ['browser'], timeout: 300_000 }, () => {
  let home: EscarpHome;
  afterEach(() => home.remove(), 120_000);

  it('for leases does not serve for what only an operator may do', async () => {
    const tokens = {
      ESCARP_API_TOKEN: 'lease-token-of-the-test',
      ESCARP_ADMIN_TOKEN: 'admin-token-of-the-test',
    };
    home = await makeSlotlessHome(tokens);
    expect((await home.escarp('daemon', '--background')).exitCode).toBe(0);
    const url = await home.url();
    const outcomes: boolean[] = [];
    for (const path of adminRoutes)
      for (const token of [undefined, tokens.ESCARP_API_TOKEN, 'some-other-token-of-16'])
        outcomes.push((await ask(url, 'POST', path, token && `Bearer ${token}`)).status !== 401);
    expectNone('operator route with the token for leases', outcomes);
    expect((await ask(url, 'GET', '/status', `Bearer ${tokens.ESCARP_API_TOKEN}`)).status).toBe(200);
    const revoke = await ask(url, 'POST', '/revoke', `Bearer ${tokens.ESCARP_ADMIN_TOKEN}`);
    expect(revoke.status).not.toBe(401);
  });

  it('is needed to listen where other machines can reach it', async () => {
    home = await makeSlotlessHome();
    const outcomes: boolean[] = [];
    const lan = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.internal === false)?.address;
    for (const host of ['0.0.0.0', '::', '::ffff:127.0.0.1', lan ?? '0.0.0.0']) {
      const { exitCode, stdout } = await home.run(['escarp', 'daemon', '--json'], { ESCARP_API_HOST: host });
      expect(stdout).toContain('token_required');
      outcomes.push(exitCode === 0);
    }
    expectNone('daemon without a token on an address that others can reach', outcomes);
    const withToken = home.start(['escarp', 'daemon', '--require-token', '--json'], {
      ESCARP_API_HOST: '0.0.0.0',
    });
    await withToken.until(/"url"/);
    const { port } = new URL(await home.url());
    const answer = await ask(`http://127.0.0.1:${port}`, 'GET', '/status');
    expect(answer.status).toBe(401);
    withToken.child.kill('SIGTERM');
    await withToken.ended;
  });

  it('is refused when it is too short to be one', async () => {
    home = await makeSlotlessHome();
    const short = ['a', 'fifteen-letters'];
    const outcomes: boolean[] = [];
    for (const ESCARP_API_TOKEN of short) {
      const { exitCode, stdout } = await home.run(['escarp', 'daemon', '--json'], { ESCARP_API_TOKEN });
      expect(stdout).toContain('bad_setting');
      outcomes.push(exitCode === 0);
    }
    await writeFile(join(home.path, 'api-token'), 'short', { mode: 0o600 });
    const { exitCode, stdout } = await home.run(['escarp', 'daemon', '--json', '--require-token']);
    expect(stdout).not.toContain('"internal"');
    outcomes.push(exitCode === 0);
    expectNone('token that is too short', outcomes);
  });

  it('is never sent to a stranger that answers at the address in daemon.json', async () => {
    home = await makeSlotlessHome();
    const { exitCode } = await home.escarp('daemon', '--background', '--require-token');
    expect(exitCode).toBe(0);
    const token = await readFile(join(home.path, 'api-token'), 'utf8');
    await home.escarp('daemon', 'stop');
    const heard: string[] = [];
    const stranger = createServer((request, response) => {
      heard.push(JSON.stringify(request.headers));
      response.setHeader('content-type', 'application/json').end('{"ok":true,"version":"9","slots":[]}');
    });
    stranger.listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const address = stranger.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const dead = home.start(['true']);
    await dead.ended;
    const file = { pid: dead.child.pid, port, url: `http://127.0.0.1:${port}`, version: '9', startedAt: 1 };
    await writeFile(join(home.path, 'daemon.json'), JSON.stringify(file), { mode: 0o600 });
    await home.escarp('status');
    const leaked = heard.some((headers) => headers.includes(token));
    stranger.close();
    stranger.closeAllConnections();
    expectNone('stranger on the port of a daemon that was killed', [leaked]);
  });
});

it('what was tried on tokens is published', { tags: ['browser'] }, () =>
  expectPublished('tokens', 'Tokens', results),
);
