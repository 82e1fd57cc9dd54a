import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResetPolicy, SlotFacts, SlotPool, SlotSpec } from '../src/index.js';
import { makePoolFixture } from './pool-fixture.js';
import type { PoolFixture } from './pool-fixture.js';

const inPlace: readonly ResetPolicy[] = ['tabs', 'storage'];
const deadline = { deadlineMs: 60_000 };

describe('a reset', { tags: ['browser'] }, () => {
  // One browser for all that only need a clean one: each leaves it reset.
  let fixture: PoolFixture;
  const others: PoolFixture[] = [];

  beforeAll(async () => {
    fixture = await makePoolFixture();
    await fixture.pool.launch(0);
  });
  afterAll(async () => {
    await Promise.all([fixture, ...others].map((one) => one.end()));
  });

  function running(): { pool: SlotPool; facts: SlotFacts } {
    const { pool } = fixture;
    const facts = pool.facts(0);
    if (facts === undefined) throw new Error('The browser does not run.');
    return { pool, facts };
  }

  async function launched(spec: Partial<SlotSpec>): Promise<{ pool: SlotPool; facts: SlotFacts }> {
    const other = await makePoolFixture({ spec });
    others.push(other);
    return { pool: other.pool, facts: await other.pool.launch(0) };
  }

  it.each(inPlace)('by %s keeps the process and hands over one blank page', async (policy) => {
    const { pool, facts } = running();
    const report = await pool.reset(0, policy, deadline);
    expect(report).toMatchObject({ policy, facts: { pid: facts.pid, cdpWsUrl: facts.cdpWsUrl } });
    expect(report.facts.cdpTargetId).not.toBe(facts.cdpTargetId);
    expect(report).not.toHaveProperty('escalatedFrom');
  });

  it('in place of a browser that was relaunched makes all forget that it was, another daemon too', async () => {
    const { pool } = running();
    expect((await pool.relaunch(0)).relaunchedAt).not.toBeNull();
    const { facts } = await pool.reset(0, 'tabs', deadline);
    expect(facts.relaunchedAt).toBeNull();
    const next = fixture.another();
    expect(await next.adopt(0)).toEqual(facts);
    await next.close();
  });

  it('by recycle keeps the port, and nothing else', async () => {
    const { pool, facts } = running();
    const report = await pool.reset(0, 'recycle', deadline);
    expect(report).toMatchObject({
      policy: 'recycle',
      facts: { cdpPort: facts.cdpPort, relaunchedAt: null },
    });
    expect(report.facts.pid).not.toBe(facts.pid);
    expect(report.facts.cdpWsUrl).not.toBe(facts.cdpWsUrl);
  });

  it('is a recycle where one is required, after a relaunch and for another daemon too', async () => {
    const { pool } = running();
    await pool.requireRecycle(0);
    const { pid } = await pool.relaunch(0);
    const next = fixture.another();
    await next.adopt(0);
    const report = await next.reset(0, 'tabs', deadline);
    expect(report.policy).toBe('recycle');
    expect(report.facts.pid).not.toBe(pid);
    await next.close();
    await pool.adopt(0);
    expect((await pool.reset(0, 'tabs', deadline)).policy).toBe('tabs');
  });

  it.each(inPlace)(
    'by %s is not stopped by a dialog, a beforeunload handler or a hung renderer',
    async (policy) => {
      const { pool, facts } = running();
      await leaveStubbornPages(facts.cdpWsUrl);
      const { facts: after, ...report } = await pool.reset(0, policy, deadline);
      expect(report).toMatchObject({ policy });
      expect(await pageCount(after)).toBe(1);
    },
  );

  it.each(inPlace)(
    'by %s cuts a former holder who is still connected, by becoming a recycle',
    async (policy) => {
      const { pool, facts } = running();
      const logged = fixture.log.length;
      const holder = await chromium.connectOverCDP(facts.cdpWsUrl, { noDefaults: true });
      const cut = new Promise((resolve) => holder.once('disconnected', resolve));
      const report = await pool.reset(0, policy, deadline);
      await cut;
      expect(report).toMatchObject({
        policy: 'recycle',
        escalatedFrom: policy,
        reason: { code: 'foreign_connection' },
      });
      expect(fixture.log.slice(logged)).toContainEqual(expect.objectContaining({ slot: 0, level: 'warn' }));
    },
  );

  it.skipIf(!existsSync('/proc/net/if_inet6'))(
    'sees a holder whose own socket is one over IPv6',
    async () => {
      const { pool, facts } = running();
      const holder = connect(facts.cdpPort, '::ffff:127.0.0.1');
      await once(holder, 'connect');
      const report = await pool.reset(0, 'tabs', deadline);
      holder.destroy();
      expect(report).toMatchObject({ policy: 'recycle', reason: { code: 'foreign_connection' } });
    },
  );

  it('of a stopped browser becomes a recycle', async () => {
    const { pool, facts } = running();
    process.kill(facts.pid, 'SIGSTOP');
    const report = await pool.reset(0, 'storage', { deadlineMs: 1_000 });
    expect(report).toMatchObject({ policy: 'recycle', reason: { code: 'browser_unresponsive' } });
  });

  it('that passes its deadline becomes a recycle', async () => {
    const { pool } = running();
    const report = await pool.reset(0, 'tabs', { deadlineMs: 1 });
    expect(report).toMatchObject({ policy: 'recycle', escalatedFrom: 'tabs' });
  });

  it('by storage becomes a recycle where the network has no process of its own', async () => {
    const { pool } = await launched({ extraArgs: ['--enable-features=NetworkServiceInProcess2'] });
    const report = await pool.reset(0, 'storage', deadline);
    expect(report).toMatchObject({
      policy: 'recycle',
      escalatedFrom: 'storage',
      reason: { code: 'browser_unresponsive' },
    });
  });

  it('of a supervised slot never wipes the profile', async () => {
    const { pool, facts } = await launched({ tier: 'supervised' });
    await mkdir(`${facts.profile}/mine`);
    await writeFile(`${facts.profile}/mine/note`, 'kept');
    await pool.reset(0, 'recycle', deadline);
    expect(await readFile(`${facts.profile}/mine/note`, 'utf8')).toBe('kept');
  });
});

async function leaveStubbornPages(wsUrl: string): Promise<void> {
  const browser = await chromium.connectOverCDP(wsUrl, { noDefaults: true });
  const guarded = await openPage(browser);
  await guarded.evaluate(() => addEventListener('beforeunload', (event) => event.preventDefault()));
  await guarded.mouse.click(5, 5);
  const talking = await openPage(browser);
  const dialog = new Promise((resolve) => talking.once('dialog', resolve));
  void talking.evaluate(() => void setTimeout(() => alert('still here'), 0));
  await dialog;
  const hung = await openPage(browser);
  await hung.evaluate(
    () =>
      void setTimeout(() => {
        for (;;);
      }, 0),
  );
  await browser.close();
}

async function openPage(browser: Browser): Promise<Page> {
  const page = await browser.contexts()[0]?.newPage();
  if (page === undefined) throw new Error('The browser has no default context.');
  await page.goto('data:text/html,<p>a page</p>');
  return page;
}

async function pageCount({ cdpPort }: SlotFacts): Promise<number> {
  // A connection that is kept for the next question would be a client's to the next reset.
  const response = await fetch(`http://127.0.0.1:${cdpPort}/json/list`, { headers: { connection: 'close' } });
  const targets: { readonly type: string }[] = JSON.parse(await response.text());
  return targets.filter(({ type }) => type === 'page').length;
}
