import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listStrips, type StoredStrip } from '@escarp/screenshots';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type { WebSocket } from 'ws';
import { processesNaming } from '@escarp/test-support';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeEscarpHome } from '../src/escarp-home.js';
import type { EscarpHome, Json } from '../src/escarp-home.js';
import { startNamedPages, type NamedPages } from '../src/named-pages.js';
import { ViewerSession } from '../src/viewer-session.js';

interface Agent {
  readonly lease: Json;
  readonly page: Page;
  readonly browser: Browser;
}

let home: EscarpHome;
let site: NamedPages;
const agents = new Set<Agent>();

beforeAll(async () => {
  site = await startNamedPages();
  // A reset in place shows whether anybody was still connected: it would become a recycle.
  home = await makeEscarpHome(1, {
    ESCARP_RESET: 'storage',
    ESCARP_LEASE_TTL_S: '600',
    ESCARP_VIEW_PORT: '0',
  });
  await home.up();
}, 120_000);
afterAll(async () => {
  await home.remove();
  site.close();
}, 120_000);
afterEach(async () => {
  for (const agent of agents) await release(agent);
});

const acquire = async (wish: Json = {}): Promise<Agent> => {
  const { status, body } = await home.post('/acquire', { holder: 'agent', slot: 0, wait_s: 60, ...wish });
  if (status !== 200) throw new Error(JSON.stringify(body));
  const browser = await chromium.connectOverCDP(String(body['cdp_ws_url']), { noDefaults: true });
  const page = browser.contexts()[0]?.pages()[0];
  if (page === undefined) throw new Error('The slot has no page.');
  const agent = { lease: body, page, browser };
  agents.add(agent);
  return agent;
};
const release = async (agent: Agent): Promise<void> => {
  agents.delete(agent);
  await agent.browser.close();
  await home.post('/release', { lease_token: agent.lease['lease_token'] });
};
const stripOf = async ({ lease }: Agent): Promise<StoredStrip | undefined> =>
  (await listStrips(home.path)).find((strip) => strip.lease === lease['lease_id']);
const titlesOf = async (agent: Agent): Promise<string[]> =>
  (await stripOf(agent))?.pictures.map(({ title }) => title) ?? [];
const show = async (agent: Agent, name: string): Promise<void> => {
  await agent.page.goto(`${site.url}/${name}`);
};
const untilPictured = async (agent: Agent, name: string): Promise<void> =>
  expect.poll(() => titlesOf(agent), { timeout: 60_000 }).toContain(name);
const recorders = (): number[] => processesNaming(`escarp-recorder.js\0${home.path}`).map(({ pid }) => pid);

describe('screenshots of a lease', { tags: ['browser'], timeout: 120_000 }, () => {
  it('are taken of nobody who did not ask, and cost nothing then', async () => {
    const agent = await acquire();
    await show(agent, 'unseen');
    expect(agent.lease).not.toHaveProperty('screenshots');
    await release(agent);
    expect(recorders()).toEqual([]);
    expect(await readdir(home.path)).not.toContain('screenshots');
  });

  it('show what it did, and are gone when it has ended', async () => {
    const agent = await acquire({ screenshots: 'on' });
    expect(agent.lease['screenshots']).toBe('on');
    await show(agent, 'shop');
    await untilPictured(agent, 'shop');
    await show(agent, 'cart');
    await untilPictured(agent, 'cart');
    await release(agent);
    await expect.poll(() => stripOf(agent), { timeout: 60_000 }).toBeUndefined();
  });

  it('let go of the browser in time for a reset in place', async () => {
    const { body: lease } = await home.post('/acquire', { holder: 'agent', wait_s: 60, screenshots: 'on' });
    const pictures = async () => (await listStrips(home.path)).find((one) => one.lease === lease['lease_id']);
    await expect.poll(pictures, { timeout: 60_000 }).toBeDefined();
    await home.post('/release', { lease_token: lease['lease_token'] });
    const { slots } = await home.status();
    expect([slots[0]?.['state'], slots[0]?.['pid']]).toEqual(['free', lease['pid']]);
  });

  it('are kept when asked for, saved by a command, and never show the next holder', async () => {
    const former = await acquire({ screenshots: 'keep' });
    await show(former, 'former');
    await untilPictured(former, 'former');
    await release(former);
    const kept = await stripOf(former);
    expect(kept).toMatchObject({ isKept: true, slot: 0 });
    const next = await acquire({ screenshots: 'on' });
    await show(next, 'next');
    await untilPictured(next, 'next');
    expect(await stripOf(former)).toEqual(kept);
    const id = String(former.lease['lease_id']);
    expect((await home.escarp('screenshots', 'save', id, '--out', 'shots')).exitCode).toBe(0);
    const folder = join(home.project, 'shots');
    const { pictures }: { pictures: { file: string; title: string }[] } = JSON.parse(
      await readFile(join(folder, 'strip.json'), 'utf8'),
    );
    expect(pictures.map(({ title }) => title)).toEqual(kept?.pictures.map(({ title }) => title));
    for (const { file } of pictures) {
      expect((await readFile(join(folder, file))).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    }
    const { stdout } = await home.escarp('screenshots', 'remove', id, '--json');
    expect(JSON.parse(stdout)).toEqual({ removed: id, slot: 0 });
    expect(await stripOf(former)).toBeUndefined();
  });

  it('can be kept while the lease lasts', async () => {
    const agent = await acquire({ screenshots: 'on' });
    await show(agent, 'worth keeping');
    await untilPictured(agent, 'worth keeping');
    expect((await home.escarp('screenshots', 'keep', '0')).exitCode).toBe(0);
    await release(agent);
    const { stdout } = await home.escarp('screenshots', 'list', '--json');
    const { strips }: { strips: Json[] } = JSON.parse(stdout);
    expect(strips[0]).toMatchObject({ lease: agent.lease['lease_id'], is_kept: true });
    await home.escarp('screenshots', 'remove', '0');
  });

  it('are not taken while a person is in control', async () => {
    const agent = await acquire({ screenshots: 'on' });
    await show(agent, 'before');
    await untilPictured(agent, 'before');
    await home.post('/leases/slot-0/control', { action: 'take' });
    await show(agent, 'password');
    await show(agent, 'after');
    await home.post('/leases/slot-0/control', { action: 'return', outcome: 'done' });
    await untilPictured(agent, 'after');
    expect(await titlesOf(agent)).not.toContain('password');
  });

  it('go on after the daemon was killed, which leaves nothing of leases that have ended', async () => {
    const agent = await acquire({ screenshots: 'on' });
    await show(agent, 'first daemon');
    await untilPictured(agent, 'first daemon');
    const daemon: { pid: number } = JSON.parse(await readFile(join(home.path, 'daemon.json'), 'utf8'));
    process.kill(daemon.pid, 'SIGKILL');
    await expect.poll(recorders, { timeout: 60_000 }).toEqual([]);
    const leftover = join(home.path, 'screenshots', crypto.randomUUID());
    await mkdir(leftover);
    await writeFile(join(leftover, '1.jpg'), 'left');
    await home.up();
    await show(agent, 'second daemon');
    await untilPictured(agent, 'second daemon');
    expect(await titlesOf(agent)).toContain('first daemon');
    await expect.poll(() => readdir(join(home.path, 'screenshots'))).toEqual([agent.lease['lease_id']]);
  });

  it('hold up no reset, even if their program does not answer any more', async () => {
    const agent = await acquire({ screenshots: 'on' });
    await show(agent, 'seen');
    await untilPictured(agent, 'seen');
    const [recorder = 0] = recorders();
    process.kill(recorder, 'SIGSTOP');
    await release(agent);
    await expect.poll(recorders).not.toContain(recorder);
    expect((await home.status()).slots[0]?.['state']).toBe('free');
    const next = await acquire({ screenshots: 'on' });
    await show(next, 'another recorder');
    await untilPictured(next, 'another recorder');
  });
});

/** Resolves when the first picture of slot 0 has come. */
async function watch(): Promise<WebSocket> {
  const { stdout } = await home.escarp('view', '--json');
  const { url }: { url: string } = JSON.parse(stdout);
  const socket = await (await ViewerSession.open(url)).pictures();
  const slots = [{ slot: 0, width: 640, height: 480, rate: 10 }];
  socket.send(JSON.stringify({ type: 'watch', slots }));
  await new Promise<void>((resolve, reject) => {
    socket.on('message', (_, isBinary) => isBinary && resolve());
    socket.once('error', reject);
  });
  return socket;
}

describe('a reset in place of a slot that somebody watches', { tags: ['browser'], timeout: 120_000 }, () => {
  it('stays one: the viewer lets go of the browser in time', async () => {
    for (const round of [1, 2, 3]) {
      const { body: lease } = await home.post('/acquire', { holder: `agent ${round}`, slot: 0, wait_s: 60 });
      const socket = await watch();
      await home.post('/release', { lease_token: lease['lease_token'] });
      const { slots } = await home.status();
      expect([slots[0]?.['state'], slots[0]?.['pid']]).toEqual(['free', lease['pid']]);
      socket.terminate();
    }
  });
});
