import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child, DaemonChild, HeldSlot } from './child-processes.js';
import { startDaemonChild, startHolderChild } from './child-processes.js';
import { readJournal } from '@escarp/broker';
import { leaseHistory } from './lease-history.js';
import { attach } from './live-page.js';
import { orphans, processesOfType } from './slot-census.js';
import type { TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { until } from './until.js';

const victims = ['client', 'daemon', 'browser', 'renderer', 'all'] as const;
const phases = ['acquire', 'hold', 'release', 'reset'] as const;
const signals = ['SIGKILL', 'SIGSTOP'] as const;
type Case = readonly [(typeof victims)[number], (typeof phases)[number], (typeof signals)[number]];

/** `pnpm crash-matrix` sets it; the short slice has every victim and every phase at least once. */
const isWhole = process.env['ESCARP_CRASH_MATRIX'] === 'whole';
const short: readonly Case[] = [
  ['client', 'hold', 'SIGKILL'],
  ['daemon', 'acquire', 'SIGKILL'],
  ['browser', 'release', 'SIGSTOP'],
  ['renderer', 'hold', 'SIGKILL'],
  ['all', 'reset', 'SIGKILL'],
];
const whole = victims.flatMap((victim) =>
  phases.flatMap((phase) => signals.map((signal): Case => [victim, phase, signal])),
);

interface Row {
  readonly case: string;
  readonly orphans: number;
  readonly lost: number;
  readonly doubled: number;
  readonly unclean: number;
}

/** Each case of the whole matrix has a pool of its own. In short one pool goes through all of them. */
const pools: readonly (readonly Case[])[] = isWhole ? whole.map((each) => [each]) : [short];

describe.runIf(process.platform === 'linux')('a crash of', { tags: ['browser'], timeout: 180_000 }, () => {
  const rows: Row[] = [];
  // oxlint-disable-next-line no-console -- the table is what the command is for.
  afterAll(() => console.table(rows));

  describe.each(pools.map((cases) => ({ cases })))('two slots', ({ cases }) => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await Scene.open();
    });
    afterAll(() => scene.close());

    it.each(cases)(
      '%s during %s by %s leaves no orphan, no lost or doubled lease and no unclean slot',
      async (...[victim, phase, signal]) => {
        await scene.play(phase, () => scene.strike(victim, signal));
        await scene.recover();
        const row = { case: `${victim} ${phase} ${signal}`, ...(await scene.judge()) };
        rows.push(row);
        expect(row).toMatchObject({ orphans: 0, lost: 0, doubled: 0, unclean: 0 });
      },
    );
  });
});

/** One slot, one holder that is hit, and one bystander that must notice nothing but time. */
class Scene {
  private readonly home: TestHome;
  private daemon: DaemonChild;
  private readonly bystander: Child<HeldSlot>;
  private readonly held: HeldSlot;
  private holder: Child<HeldSlot> | undefined;
  private occupant: string | undefined;
  private readonly stopped: number[] = [];
  private wasKilled = false;

  private constructor(home: TestHome, daemon: DaemonChild, bystander: Child<HeldSlot>, held: HeldSlot) {
    this.home = home;
    this.daemon = daemon;
    this.bystander = bystander;
    this.held = held;
  }

  static async open(): Promise<Scene> {
    const home = await makeTestHome(2, { ESCARP_LEASE_TTL_S: '6' });
    const daemon = await startDaemonChild(home);
    const bystander = startHolderChild(daemon.first.url, 'bystander');
    const scene = new Scene(home, daemon, bystander, await bystander.said);
    await scene.untilFree();
    return scene;
  }

  /** Goes through a lease and strikes in the phase that is asked for. */
  async play(phase: Case[1], strike: () => Promise<void>): Promise<void> {
    if (phase === 'acquire') await this.occupy();
    this.holder = startHolderChild(this.daemon.first.url, 'holder');
    if (phase === 'acquire') {
      // Its request is under way for as long as it stands in the queue.
      await until(async () => (await this.daemon.client.status()).queueLength === 1);
      return strike();
    }
    const { cdp_ws_url: wsUrl, lease_token: leaseToken } = await this.holder.said;
    await mark(wsUrl);
    if (phase === 'hold') return strike();
    const released = this.daemon.client.release({ leaseToken, noWait: true }).catch(() => {});
    // A daemon that was struck in the middle does not answer before it is brought back, if ever.
    if (phase === 'reset') await released;
    await strike();
  }

  async strike(victim: Case[0], signal: Case[2]): Promise<void> {
    const slot = this.otherSlot();
    const hit = (pid: number): void => {
      if (signal === 'SIGSTOP') this.stopped.push(pid);
      try {
        process.kill(pid, signal);
      } catch {
        // It was gone already.
      }
    };
    const [pid] = (await this.daemon.client.status()).slots
      .filter((one) => one.slot === slot)
      .map((one) => one.pid);
    const renderers = await processesOfType(this.home.path, slot, 'renderer');
    if (victim === 'client' || victim === 'all') this.hitClient(signal);
    if (victim === 'renderer' || victim === 'all') renderers.forEach(hit);
    if ((victim === 'browser' || victim === 'all') && typeof pid === 'number') hit(pid);
    if (victim === 'daemon' || victim === 'all') {
      this.wasKilled = signal === 'SIGKILL';
      hit(this.daemon.pid);
    }
  }

  /** What a supervisor does: wakes the daemon, or starts it again. */
  async recover(): Promise<void> {
    if (this.stopped.includes(this.daemon.pid)) process.kill(this.daemon.pid, 'SIGCONT');
    this.stopped.length = 0;
    if (this.wasKilled) {
      await this.daemon.end('SIGKILL');
      this.daemon = await startDaemonChild(this.home, {
        ESCARP_API_PORT: new URL(this.daemon.first.url).port,
      });
      this.wasKilled = false;
    }
    await this.holder?.end('SIGKILL');
    if (this.occupant !== undefined) await this.daemon.client.release({ leaseToken: this.occupant });
    this.occupant = undefined;
    await this.untilFree();
  }

  async judge(): Promise<Omit<Row, 'case'>> {
    const { client } = this.daemon;
    const { lease_token: leaseToken, slot } = this.held;
    const kept = await client.heartbeat({ leaseToken }).catch(() => undefined);
    // Nobody renews this lease, and looking around may take long on a busy machine.
    const next = await client.acquire({ holder: 'next', slot: this.otherSlot(), waitS: 60, ttlS: 120 });
    const isClean = await isCleanAndAlive(next.cdpWsUrl);
    const { doubled, unclean } = leaseHistory(await readJournal(join(this.home.path, 'journal')));
    const orphaned = (await this.leftBehind()).length;
    await client.release({ leaseToken: next.leaseToken });
    await this.untilFree();
    return {
      orphans: orphaned,
      lost: kept?.slot === slot && kept.holder === 'bystander' ? 0 : 1,
      doubled,
      unclean: unclean + (isClean ? 0 : 1),
    };
  }

  async close(): Promise<void> {
    await this.holder?.end('SIGKILL');
    await this.bystander.end('SIGKILL');
    await this.daemon.end('SIGKILL');
    await this.home.remove();
  }

  /** What is still there after the time that a process takes to end. */
  private async leftBehind(): Promise<number[]> {
    let left: number[] = [];
    for (let turn = 0; turn < 400; turn++) {
      const { slots } = await this.daemon.client.status();
      left = await orphans(
        this.home.path,
        slots.map(({ pid }) => pid),
      );
      if (left.length === 0) break;
      await pause(50);
    }
    return left;
  }

  private async occupy(): Promise<void> {
    const lease = await this.daemon.client.acquire({ holder: 'occupant', slot: this.otherSlot(), ttlS: 120 });
    this.occupant = lease.leaseToken;
  }

  private otherSlot(): number {
    return 1 - this.held.slot;
  }

  private hitClient(signal: Case[2]): void {
    this.holder?.signal(signal);
  }

  private async untilFree(): Promise<void> {
    await until(async () => {
      const { slots } = await this.daemon.client.status();
      return slots.some((one) => one.slot === this.otherSlot() && one.state === 'free');
    });
  }
}

/** Leaves something for the next holder to find. */
async function mark(wsUrl: string): Promise<void> {
  const { browser, page } = await attach(wsUrl);
  await page.goto('data:text/html,<title>mine</title>');
  await browser.contexts()[0]?.addCookies([{ name: 'held', value: 'mine', url: 'http://localhost/' }]);
  await browser.close();
}

/** What a next holder finds, who also uses the page: one that shows nothing can still be dead. */
async function isCleanAndAlive(wsUrl: string | null): Promise<boolean> {
  const { browser, page } = await attach(wsUrl);
  const context = page.context();
  const urls = context.pages().map((each) => each.url());
  const cookies = await context.cookies();
  await page.setContent('<p>next</p>');
  const text = await page.textContent('p');
  await browser.close();
  return cookies.length === 0 && urls.every((url) => url === 'about:blank') && text === 'next';
}
