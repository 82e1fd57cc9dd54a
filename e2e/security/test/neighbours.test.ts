import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../../src/escarp-home.js';
import { McpSession, stdioTransport } from '../../src/mcp-session.js';
import { openTabs } from '../src/devtools-port.js';
import { acquireSlot, localNetworkOpen, makeHomeWithBrowser, chromiumPath } from '../src/secured-home.js';
import type { Grant } from '../src/secured-home.js';

/** What a reader of a public answer could act on a slot by, or type into its display with. */
const told = ['cdp_target_id', 'cdp_window_id', 'cdp_ws_url', 'display_authority'];

describe('the holder of one slot', { tags: ['browser'], timeout: 240_000 }, () => {
  let home: EscarpHome;
  let reader: Grant;
  let victim: Grant;
  let released: Json;
  let browser: Browser;
  let mcp: McpSession;
  /** Everything that anybody but the victim was told while its slot was free, and then while it held it. */
  const heardBefore: string[] = [];
  const heard: string[] = [];

  const hear = async (path: string): Promise<void> => {
    heard.push(await (await fetch((await home.url()) + path)).text());
  };

  beforeAll(async () => {
    home = await makeHomeWithBrowser(2, `exec '${chromiumPath}' "$@"`, {
      ESCARP_LEASE_TTL_S: '3600',
      ESCARP_CHROME_ARGS: localNetworkOpen,
      ESCARP_LOG_LEVEL: 'debug',
    });
    await home.up();
    const former = await acquireSlot(home, { holder: 'former', slot: 1 });
    released = (await home.post('/release', { lease_token: former.leaseToken })).body;
    heardBefore.push(JSON.stringify(released), JSON.stringify(await home.status()));
    reader = await acquireSlot(home, { holder: 'reader', slot: 0 });
    victim = await acquireSlot(home, { holder: 'victim', slot: 1 });
    await listen();
    browser = await chromium.connectOverCDP(reader.cdpWsUrl, { noDefaults: true });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await mcp?.close();
    await home?.remove();
  }, 120_000);

  const listen = async (): Promise<void> => {
    for (const path of ['/status', '/metrics', '/reaped', '/openapi.json', '/healthz', '/readyz'])
      await hear(path);
    for (const body of [{}, { slot: 1 }, { wait_s: 0.1 }, { handoff: 'none' }]) {
      heard.push(JSON.stringify((await home.post('/acquire', { holder: 'third', ...body })).body));
    }
    heard.push(JSON.stringify((await home.post('/pool/add', { slot: 1 })).body));
    heard.push(JSON.stringify((await home.post('/pool/remove', { slot: 1 })).body));
    heard.push(await eventsSoFar(home));
    mcp = await McpSession.connect(stdioTransport(home, ['escarp-mcp']));
    await mcp.call('escarp_status');
    await mcp.call('escarp_acquire');
    heard.push(...mcp.seen);
    // Not `window`, which asks the browser itself, as every program of this user can.
    for (const command of ['status', 'log', 'logs', 'doctor']) {
      for (const more of [[], ['--json']]) {
        const { stdout, stderr } = await home.escarp(command, ...more);
        heard.push(stdout, stderr);
      }
    }
  };

  it('is told nothing by which it could act on another', async () => {
    const { slots } = await home.status();
    for (const slot of slots) {
      for (const field of told) expect({ field, value: slot[field] }).toEqual({ field, value: null });
    }
    for (const field of told) expect({ field, value: released[field] }).toEqual({ field, value: null });
    const [tab = ''] = (await openTabs(victim.cdpPort)).map((line) => line.split(' ')[0]);
    expect(tab).toMatch(/^[0-9A-F]{32}$/);
    expect([...heardBefore, ...heard].filter((text) => text.includes(tab))).toEqual([]);
    // The contract has the address of a free slot in its status. No page can use one, and a program needs none: see SECURITY.md.
    const address = new URL(victim.cdpWsUrl).pathname;
    expect([...heard, JSON.stringify(released)].filter((text) => text.includes(address))).toEqual([]);
  });

  it('is told all of it of its own', async () => {
    const { body } = await home.post('/heartbeat', { lease_token: victim.leaseToken });
    expect(body).toMatchObject({
      cdp_target_id: expect.stringMatching(/^[0-9A-F]{32}$/),
      cdp_window_id: expect.any(Number),
      cdp_ws_url: victim.cdpWsUrl,
    });
  });

  it('has no page that closes a tab of another with what it was told, though it could with the tab’s id', async () => {
    const before = await openTabs(victim.cdpPort);
    const ids = [
      ...new Set([...heardBefore, ...heard].join(' ').match(/\b[0-9A-Fa-f]{8}[0-9A-Fa-f-]{24,28}\b/g)),
    ];
    const page = await browser.contexts()[0]!.newPage();
    await page.goto('data:text/html,<p>reader');
    const close = (id: string) =>
      page.evaluate(
        (url) =>
          fetch(url, { mode: 'no-cors' })
            .catch(() => undefined)
            .then(() => true),
        `http://127.0.0.1:${victim.cdpPort}/json/close/${id}`,
      );
    for (const id of ids) await close(id);
    expect(await openTabs(victim.cdpPort)).toEqual(before);
    // How the attack is known to be one.
    await close(before[0]?.split(' ')[0] ?? '');
    await expect.poll(() => openTabs(victim.cdpPort)).not.toEqual(before);
  });
});

/** The stream of events up to the present revision. */
async function eventsSoFar(home: EscarpHome): Promise<string> {
  const { revision } = await home.status();
  const stop = new AbortController();
  const response = await fetch(`${await home.url()}/events?from=1`, { signal: stop.signal });
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!text.includes(`id: ${String(revision)}\n`)) text += decoder.decode((await reader.read()).value);
  stop.abort();
  return text;
}
