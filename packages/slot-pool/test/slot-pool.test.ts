import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LostBrowser, SlotPool, WatchOptions } from '../src/index.js';
import { processTable } from '@escarp/child-process';
import { devtoolsOf, makePoolFixture } from './pool-fixture.js';
import type { PoolFixture } from './pool-fixture.js';

const processes = processTable(process.platform);

describe('a pool of real browsers', { tags: ['browser'] }, () => {
  let fixture: PoolFixture;
  let pool: SlotPool;
  const watches: (() => void)[] = [];

  // A launch leaves a browser that answers alone, so that most tests share one. Those that need a stopped slot stop it.
  beforeAll(async () => {
    fixture = await makePoolFixture();
    pool = fixture.pool;
  });
  afterEach(() => {
    for (const end of watches.splice(0)) end();
  });
  afterAll(() => fixture.end());

  /** Collects what is told of the slot until the test is over. */
  function watched(options?: WatchOptions): Watched {
    const losses: LostBrowser[] = [];
    const next = new Promise<LostBrowser>((resolve) => {
      const onLost = (lost: LostBrowser): void => {
        losses.push(lost);
        resolve(lost);
      };
      watches.push(pool.watch(0, onLost, options));
    });
    return { losses, next };
  }

  it('launches a detached browser whose parent is init and that answers on its port', async () => {
    await pool.stop(0);
    const facts = await pool.launch(0);
    expect(await processes.find(facts.pid)).toBeDefined();
    expect(await parentOf(facts.pid)).not.toBe(process.pid);
    const answer = (await (await fetch(`http://127.0.0.1:${facts.cdpPort}/json/version`)).json()) as object;
    expect(answer).toMatchObject({ webSocketDebuggerUrl: facts.cdpWsUrl });
    expect(facts).toMatchObject({
      cdpTargetId: expect.any(String),
      cdpWindowId: expect.any(Number),
      relaunchedAt: null,
    });
  });

  it('leaves a slot that already answers alone', async () => {
    const first = await pool.launch(0);
    expect(await pool.launch(0)).toEqual(first);
  });

  it('adopts the same process after a restart, with and without its launch record', async () => {
    const facts = await pool.launch(0);
    const restarted = fixture.another();
    expect(await restarted.adopt(0)).toEqual(facts);
    await writeFile(`${fixture.home}/run/slot-0.json`, 'torn');
    expect((await restarted.adopt(0))?.pid).toBe(facts.pid);
    expect(JSON.parse(await readFile(`${fixture.home}/run/slot-0.json`, 'utf8'))).toMatchObject({
      pid: facts.pid,
    });
    await restarted.close();
  });

  it('writes down the version that the browser says, also if the slot’s last browser said another', async () => {
    const { version } = await pool.launch(0);
    const record = `${fixture.home}/run/slot-0.json`;
    const written = async (): Promise<object> => JSON.parse(await readFile(record, 'utf8')) as object;
    await writeFile(record, JSON.stringify({ ...(await written()), version: 'Chrome/1' }));
    const { pid } = await pool.relaunch(0);
    expect(pool.facts(0)).toMatchObject({ pid, version });
    expect(await written()).toMatchObject({ pid, version });
  });

  it('adopts nothing if no browser is running', async () => {
    await pool.stop(0);
    expect(await pool.adopt(0)).toBeUndefined();
  });

  it('says who has the port and does not touch the stranger', async () => {
    await pool.stop(0);
    const stranger = createServer((_, response) => response.end('stranger'));
    stranger.listen(fixture.spec(0).port, '127.0.0.1');
    await once(stranger, 'listening');
    await expect(pool.launch(0)).rejects.toMatchObject({ code: 'port_taken', details: { pid: process.pid } });
    expect(await (await fetch(`http://127.0.0.1:${fixture.spec(0).port}/`)).text()).toBe('stranger');
    await new Promise((closed) => stranger.close(closed));
  });

  it('waits for a port whose holder is just ending and can no longer be read', async () => {
    await pool.stop(0);
    const { port } = fixture.spec(0);
    const listen = `process.title = ''; require('net').createServer().listen(${port}, '127.0.0.1', () => process.send('up'))`;
    const ending = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    await once(ending, 'message');
    const launching = pool.launch(0);
    setTimeout(() => ending.kill('SIGKILL'), 300);
    await expect(launching).resolves.toMatchObject({ cdpPort: port });
  });

  it('never signals a process that merely has the pid and the start time of the launch record', async () => {
    await pool.launch(0);
    const recordPath = `${fixture.home}/run/slot-0.json`;
    const record = JSON.parse(await readFile(recordPath, 'utf8')) as object;
    await pool.stop(0);
    const bystander = spawn('sleep', ['600']);
    const entry = await processes.find(bystander.pid ?? 0);
    await writeFile(
      recordPath,
      JSON.stringify({ ...record, pid: bystander.pid, processStartedAt: entry?.startedAt }),
    );
    await pool.launch(0);
    await pool.relaunch(0);
    await pool.stop(0);
    expect(await processes.find(bystander.pid ?? 0)).toEqual(entry);
    bystander.kill();
  });

  it('reports within about a second that a browser was killed, and relaunches it on the same port and profile', async () => {
    const facts = await pool.launch(0);
    await visit(facts.cdpWsUrl, 'kept');
    const { next: lost } = watched();
    process.kill(facts.pid, 'SIGKILL');
    expect(await lost).toMatchObject({ index: 0, reason: 'exited' });
    const relaunched = await pool.relaunch(0);
    expect(relaunched).toMatchObject({
      cdpPort: facts.cdpPort,
      profile: facts.profile,
      relaunchedAt: expect.any(Number),
    });
    expect(relaunched.pid).not.toBe(facts.pid);
  });

  it('distinguishes a stopped browser from a running one, and replaces it', async () => {
    const facts = await pool.launch(0);
    const { next: lost } = watched();
    process.kill(facts.pid, 'SIGSTOP');
    expect(await lost).toMatchObject({ reason: 'stopped' });
    expect((await pool.relaunch(0)).pid).not.toBe(facts.pid);
    expect(await processes.find(facts.pid)).toBeUndefined();
  });

  it('reports that a client closed the browser in order', async () => {
    const facts = await pool.launch(0);
    const { next: lost } = watched();
    const connection = await devtoolsOf(pool, 0);
    await connection.send('Browser.close').catch(() => {});
    connection.close();
    expect(await lost).toMatchObject({ pid: facts.pid, reason: 'closed' });
  });

  it('gives a headless browser a new page if a client closed the last one', async () => {
    const facts = await pool.launch(0);
    const { losses } = watched({ isHeld: () => true });
    const connection = await devtoolsOf(pool, 0);
    const opened = new Promise<void>((resolve) => {
      connection.onEvent((method, { targetInfo }) => {
        const isFresh = !JSON.stringify(targetInfo ?? '').includes(String(facts.cdpTargetId));
        if (method === 'Target.targetCreated' && isFresh) resolve();
      });
    });
    await connection.send('Target.setDiscoverTargets', { discover: true, filter: [{ type: 'page' }] });
    await connection.send('Target.closeTarget', { targetId: facts.cdpTargetId });
    await opened;
    connection.close();
    expect(losses).toEqual([]);
  });

  it('reports none of the ends it causes itself', async () => {
    await pool.launch(0);
    const { losses } = watched();
    await pool.reset(0, 'recycle', { deadlineMs: 60_000 });
    await pool.reset(0, 'storage', { deadlineMs: 60_000 });
    await pool.relaunch(0);
    expect(losses).toEqual([]);
  });

  it('keeps two slots apart', async () => {
    const [first, second] = await Promise.all([pool.launch(0), pool.launch(1)]);
    expect(first.pid).not.toBe(second.pid);
    await visit(first.cdpWsUrl, 'first');
    const browser = await chromium.connectOverCDP(second.cdpWsUrl, { noDefaults: true });
    expect(
      browser
        .contexts()[0]
        ?.pages()
        .map((page) => page.url()),
    ).toEqual(['about:blank']);
    await browser.close();
    await pool.stop(1);
  });

  it('stops a slot without leaving a process, a TMPDIR or a record', async () => {
    const facts = await pool.launch(0);
    await pool.stop(0);
    const left = (await processes.list()).filter(({ commandLine }) => commandLine.includes(facts.profile));
    expect(left).toEqual([]);
    expect(await readdir(`${fixture.home}/run`)).toEqual([]);
    expect(await readdir(`${fixture.home}/tmp`)).toEqual([]);
  });

  it('measures the memory of all the processes of a slot', async () => {
    await pool.launch(0);
    expect(await pool.memoryBytes(0)).toBeGreaterThan(50_000_000);
    expect(await pool.memoryBytes(1)).toBeUndefined();
  });
});

describe('a state directory with a long path', { tags: ['browser'] }, () => {
  it('still launches, with the TMPDIR at a short path', async () => {
    const fixture = await makePoolFixture({ home: 'a-rather-long-name/'.repeat(8) });
    const facts = await fixture.pool.launch(0);
    expect(facts.profile.length).toBeGreaterThan(150);
    await fixture.end();
  });
});

describe('a browser that does not start', { tags: ['browser'] }, () => {
  it('fails with the last lines of its log and leaves no process', async () => {
    const fixture = await makePoolFixture({ spec: { binary: '/bin/ls' } });
    await expect(fixture.pool.launch(0)).rejects.toMatchObject({
      code: 'browser_launch_failed',
      details: { log: expect.arrayContaining([expect.stringContaining('unrecognized option')]) },
    });
    await fixture.end();
  });
});

interface Watched {
  readonly losses: readonly LostBrowser[];
  /** The first of them. */
  readonly next: Promise<LostBrowser>;
}

async function visit(wsUrl: string, text: string): Promise<void> {
  const browser = await chromium.connectOverCDP(wsUrl, { noDefaults: true });
  await browser.contexts()[0]?.pages()[0]?.goto(`data:text/html,${text}`);
  await browser.close();
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
