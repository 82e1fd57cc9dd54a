import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DevtoolsConnection, LostBrowser, SlotPool } from '../../src/index.js';
import { defaultLimits } from '../../src/index.js';
import { devtoolsOf, makePoolFixture } from '../pool-fixture.js';
import type { PoolFixture } from '../pool-fixture.js';

const isRoot = process.getuid?.() === 0;
const run = promisify(execFile);
const freezer = '/sys/fs/cgroup/freezer';
const canFreeze = await access(freezer, constants.W_OK).then(
  () => true,
  () => false,
);
/** How many tabs open at once. Each takes a processor from all other tests for a while, so they meet the larger numbers at night. */
const crowds = process.env['ESCARP_LONG'] === '1' ? [30, 60, 150] : [16];
const page = (text: string): string => `data:text/html,${encodeURIComponent(text)}`;

describe.runIf(process.platform === 'linux')(
  'a silent browser under its holder',
  { tags: ['browser'], timeout: 180_000 },
  () => {
    let fixture: PoolFixture;
    let pool: SlotPool;
    let holder: DevtoolsConnection;
    let told: LostBrowser[];
    let lost: Promise<LostBrowser>;
    let load: ChildProcess[];
    let endWatch: () => void;

    // A browser that was kept is reset for the next test, and one that was lost is replaced.
    beforeAll(async () => {
      fixture = await makePoolFixture();
      pool = fixture.pool;
      await pool.launch(0);
    });
    beforeEach(async () => {
      load = [];
      told = [];
      lost = new Promise((resolve) => {
        const onLost = (loss: LostBrowser): void => {
          told.push(loss);
          resolve(loss);
        };
        endWatch = pool.watch(0, onLost, { isHeld: () => true });
      });
      holder = await devtoolsOf(pool, 0);
    });
    afterEach(async () => {
      for (const burner of load) burner.kill('SIGKILL');
      endWatch();
      holder.close();
      await pool.reset(0, told.length === 0 ? 'tabs' : 'recycle', { deadlineMs: 60_000 });
    });
    afterAll(() => fixture.end());

    const pid = (): number => pool.facts(0)?.pid ?? 0;

    function burn(command: string, args: readonly string[]): void {
      for (const _ of cpus()) load.push(spawn(command, args, { stdio: 'ignore' }));
    }

    async function openTabs(count: number, url: string): Promise<void> {
      const opened = Array.from({ length: count }, () => holder.send('Target.createTarget', { url }));
      await Promise.all(opened);
    }

    async function sessionOf(url: string): Promise<string> {
      const { targetId } = await holder.send('Target.createTarget', { url });
      const attached = await holder.send('Target.attachToTarget', { targetId, flatten: true });
      return String(attached['sessionId']);
    }

    it.each(crowds)('keeps it while %s tabs open at once beside a load', async (count) => {
      burn(process.execPath, ['-e', 'for (;;);']);
      await openTabs(count, page(`<title>x</title>${'<div>x</div>'.repeat(2_000)}`));
      expect(told).toEqual([]);
    });

    it.runIf(isRoot)('keeps it while others take every processor from it', async () => {
      await setNiceness(pid(), 19);
      burn(process.execPath, ['-e', 'const end = Date.now() + 4_000; while (Date.now() < end);']);
      const opened = openTabs(16, page('<p>starved'));
      await Promise.all(load.map((burner) => once(burner, 'exit')));
      await setNiceness(pid(), 0);
      await opened;
      expect(told).toEqual([]);
    });

    it('loses it when it is stopped, and is told why', async () => {
      process.kill(pid(), 'SIGSTOP');
      expect(await lost).toMatchObject({ reason: 'stopped', evidence: expect.stringContaining('state T') });
    });

    it('loses it when its main thread is blocked for good, and is told why', async () => {
      const sessionId = await sessionOf('about:blank');
      const params = { url: 'chrome://uithreadhang', transitionType: 'address_bar' };
      // The browser goes to sleep over it and answers nothing any more.
      holder.send('Page.navigate', params, sessionId).catch(() => {});
      expect(await lost).toMatchObject({
        reason: 'blocked',
        evidence: expect.stringMatching(/did nothing for \d\.\d s .* while its DevTools server answered/),
      });
    });

    // Needs the right to write to the freezer of control groups, version 1, as root on some machines has it.
    it.runIf(canFreeze)('loses it when it is frozen, and is told why', async () => {
      const group = join(freezer, `escarp-test-${process.pid}`);
      await mkdir(group);
      try {
        await writeFile(join(group, 'cgroup.procs'), String(pid()));
        await writeFile(join(group, 'freezer.state'), 'FROZEN');
        holder.send('Browser.getVersion').catch(() => {});
        expect(await lost).toMatchObject({
          reason: 'frozen',
          evidence: expect.stringContaining('none of its threads ran'),
        });
      } finally {
        await writeFile(join(group, 'freezer.state'), 'THAWED');
        process.kill(pid(), 'SIGKILL');
        await expect
          .poll(() =>
            rmdir(group).then(
              () => 'gone',
              () => 'busy',
            ),
          )
          .toBe('gone');
      }
    });

    it.each([
      ['an endless loop', 'for (;;);'],
      ['an endless loop in a worker', 'new Worker(URL.createObjectURL(new Blob(["for (;;);"])))'],
      ['a storm of alerts', 'for (;;) alert(1)'],
      ['a storm of popups', 'setInterval(() => open("about:blank"), 1)'],
      [
        'a storm of titles and addresses',
        'setInterval(() => { document.title = Math.random(); location.hash = "x".repeat(1e5) + Math.random() })',
      ],
      ['a huge document', 'for (let i = 0; i < 3e5; i++) document.body.append(document.createElement("p"))'],
      ['a debugger statement', 'debugger; for (;;) debugger'],
    ])('keeps it under %s', async (_, script) => {
      const sessionId = await sessionOf(page('<body>'));
      await holder.send('Debugger.enable', {}, sessionId);
      holder.send('Runtime.evaluate', { expression: script }, sessionId).catch(() => {});
      // Use that goes on for longer than any silence is borne, and is seen at each look of the watch.
      const until = performance.now() + 4_000;
      while (performance.now() < until) {
        await holder.send('Browser.getVersion');
        await pause(defaultLimits.heldTickMs / 4);
      }
      expect(told).toEqual([]);
    });
  },
);

/**
 * With 19 a browser runs when nobody else wants to. It is not others that are preferred: they would take the processors from
 * every test beside this one too. Only root may take it back.
 */
async function setNiceness(pid: number, niceness: number): Promise<void> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [, , group = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  await run('renice', ['-n', String(niceness), '-g', group]);
  // Where the kernel shares processors out by session first, this counts instead.
  await writeFile(`/proc/${pid}/autogroup`, String(niceness)).catch(() => {});
}
