import { readdir, readFile, readlink, lstat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { filesWith } from '@escarp/test-support';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { makeEscarpHome } from '../../src/escarp-home.js';
import { McpSession, stdioTransport } from '../../src/mcp-session.js';
import type { Program } from '../../src/program.js';
import type { AttackResult } from '../src/attack-results.js';
import { expectPublished } from '../src/attack-results.js';
import { daemonPid } from '../src/daemon-memory.js';
import { until } from '../src/until.js';

/** Secrets that are searched for, by what they are. */
type Secrets = Map<string, string>;

/** The only files that may hold one, and which. */
const homes: Readonly<Record<string, RegExp>> = {
  'leases.json': /^lease token/,
  'api-token': /^API token/,
  secret: /^secret/,
};

describe('after a day of work', { tags: ['browser'], timeout: 300_000 }, () => {
  let home: EscarpHome;
  let keeper: Program;
  let mcp: McpSession;
  let env: { ESCARP_API_TOKEN: string };
  const secrets: Secrets = new Map();
  const heard: string[] = [];
  const results: AttackResult[] = [];

  const request = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch((await home.url()) + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${secrets.get('API token') ?? ''}`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return JSON.parse(await response.text());
  };

  const keep = (what: string, value: unknown): string => {
    secrets.set(`${what} ${secrets.size}`, String(value));
    return String(value);
  };

  const publicAnswer = async (path: string): Promise<void> => {
    const stop = new AbortController();
    const headers = { authorization: `Bearer ${secrets.get('API token') ?? ''}` };
    const response = await fetch((await home.url()) + path, { headers, signal: stop.signal });
    let text = '';
    if (path.startsWith('/events')) {
      const reader = response.body!.getReader();
      const decoder = new TextDecoder();
      const { revision } = await request('/status');
      while (!text.includes(`id: ${String(revision)}\n`)) text += decoder.decode((await reader.read()).value);
      stop.abort();
    } else text = await response.text();
    heard.push(text);
  };

  const said = async (...args: string[]): Promise<void> => {
    const { stdout, stderr } = await home.escarp(...args);
    heard.push(stdout, stderr);
  };

  beforeAll(async () => {
    home = await makeEscarpHome(3, { ESCARP_LOG_LEVEL: 'debug', ESCARP_LEASE_TTL_S: '600' });
    heard.push((await home.escarp('up', '--require-token')).stdout);
    secrets.set('API token', (await readFile(join(home.path, 'api-token'), 'utf8')).trim());
    secrets.set('secret', (await readFile(join(home.path, 'secret'), 'utf8')).trim());
    env = { ESCARP_API_TOKEN: secrets.get('API token') ?? '' };
    await work();
    process.kill(await daemonPid(home), 'SIGKILL');
    await until(async () =>
      (await home.escarp('daemon', '--background', '--require-token')).exitCode === 0 ? true : undefined,
    );
    await afterTheCrash();
  }, 240_000);
  afterAll(async () => {
    await mcp?.close();
    await home?.remove();
  }, 120_000);

  /** Acquires, renews, hands over, fails and releases, by HTTP, MCP and the command line. */
  const work = async (): Promise<void> => {
    const first = await request('/acquire', { holder: 'ada', slot: 0, request_id: 'r1' });
    const token = keep('lease token of ada', first['lease_token']);
    await request('/heartbeat', { lease_token: token });
    const offer = await request('/handoff', { lease_token: token, to: 'bob' });
    const code = keep('handoff code', offer['handoff']);
    const second = await request('/acquire', { holder: 'bob', handoff: code });
    const accepted = keep('lease token of bob', second['lease_token']);
    heard.push(JSON.stringify(await request('/heartbeat', { lease_token: token })));
    heard.push(JSON.stringify(await request('/release', { lease_token: `${accepted}x` })));
    heard.push(JSON.stringify(await request('/acquire', { holder: 'eve', slot: 0 })));
    heard.push(JSON.stringify(await request('/acquire', { holder: 'eve', handoff: code })));
    await request('/release', { lease_token: accepted });
    await said('acquire', '--holder', 'carl', '--slot', '1', '--json').then(() => heard.splice(-2));
    const [held]: { leaseToken: string }[] = JSON.parse(
      await readFile(join(home.path, 'leases.json'), 'utf8'),
    );
    keep('lease token of carl', held?.leaseToken);
    keeper = home.start(['escarp', 'run', '--lazy', '--slot', '0', '--', 'sleep', '600']);
    mcp = await McpSession.connect(stdioTransport(home, ['escarp-mcp']));
    await mcp.call('escarp_acquire', { slot: 2 });
    await mcp.call('escarp_status');
  };

  const afterTheCrash = async (): Promise<void> => {
    const url = new URL(`${await home.url()}/mcp`);
    const headers = { authorization: `Bearer ${env.ESCARP_API_TOKEN}` };
    const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
    const session = await McpSession.connect(transport);
    await session.call('escarp_acquire', { slot: 0 });
    await session.call('escarp_status');
    heard.push(...session.seen, ...mcp.seen);
    for (const path of [
      '/status',
      '/reaped',
      '/metrics',
      '/events?from=1',
      '/healthz',
      '/readyz',
      '/openapi.json',
    ])
      await publicAnswer(path);
    for (const command of ['status', 'log', 'logs', 'doctor']) {
      await said(command);
      await said(command, '--json');
    }
    await session.call('escarp_release');
    await session.close();
  };

  it('no answer, event, error, log, metric or MCP message holds a secret', () => {
    expect(secrets.size).toBe(6);
    for (const secret of secrets.values()) expect(secret.length).toBeGreaterThan(40);
    expectNone(
      'answer, event, error, log or message',
      heard.map((text) => holds(text, secrets)),
    );
  });

  it('no file holds one but those that are made for it, and those are for their owner alone', async () => {
    const found = await filesWith(secrets.values(), home.path);
    const isRightful = await Promise.all(found.map((path) => mayHold(path)));
    // How the search is known to find what there is.
    const rightful = found.filter((_, at) => isRightful[at]).map((path) => relative(home.path, path));
    expect(rightful.toSorted()).toEqual(['api-token', 'leases.json', 'secret']);
    const wrong = found.filter((_, at) => isRightful[at] !== true);
    expectNone('file of the state directory', [wrong]);
  });

  it('no process has one in its arguments, and no browser one in its environment', async () => {
    const ours = await processesOf(home.path);
    const found = await Promise.all(
      ours.map(async (pid) => {
        const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
        return holds(argv + environ, secrets);
      }),
    );
    expect(ours.length).toBeGreaterThan(10);
    expectNone('arguments or environment of a process', [found.flat()]);
    keeper.child.kill('SIGTERM');
  });

  it('what is open to everybody in the state directory is nothing', async () => {
    const open: string[] = [];
    for (const name of await readdir(home.path)) {
      const { mode } = await lstat(join(home.path, name));
      if ((mode & 0o077) !== 0) open.push(name);
    }
    expectNone('file or folder that others may read', [open]);
  });

  it('is published with its counts', () => expectPublished('secrets', 'Secrets after a full run', results));

  /** Whether a file that holds secrets may hold each of them, and is for its owner alone. */
  async function mayHold(path: string): Promise<boolean> {
    const allowed = homes[relative(home.path, path)];
    if (allowed === undefined) return false;
    const inside = holds(await readFile(path, 'latin1'), secrets);
    return inside.every((what) => allowed.test(what)) && ((await lstat(path)).mode & 0o077) === 0;
  }

  /** One search for every secret in every place; how many places there are differs from run to run. */
  function expectNone(place: string, found: readonly (readonly string[])[]): void {
    const where = found.flat();
    results.push({
      attack: `search for each secret in every ${place}`,
      attempts: secrets.size,
      gotThrough: where.length,
    });
    expect(where).toEqual([]);
  }
});

function holds(text: string, secrets: Secrets): string[] {
  return [...secrets].filter(([, secret]) => text.includes(secret)).map(([what]) => what);
}

/** Every process that was started for this home: by its arguments, its environment or the files it has open. */
async function processesOf(home: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const own = await Promise.all(
    pids.map(async (pid) => {
      const texts = ['cmdline', 'environ'].map((name) =>
        readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => ''),
      );
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      return [...(await Promise.all(texts)), cwd].join(' ').includes(home);
    }),
  );
  return pids.filter((_, at) => own[at]);
}
