import { setTimeout as wait } from 'node:timers/promises';
import type { IdentityDriver, LaunchPreparation } from './driver.js';
import { asIdentityError, IdentityError } from './errors.js';
import type { Bounds, SlotBrowser, SlotIdentity } from './identity.js';

export type SelftestCheck = { name: string; ok: boolean; detail: string; durationMs: number };

/** A browser that the caller started for the selftest, with what is asked of it through DevTools. */
export type SelftestBrowser = {
  facts: () => Promise<SlotBrowser>;
  /** `Page.bringToFront` */
  bringToFront: () => Promise<void>;
  /** `Browser.setWindowBounds` */
  setBounds: (bounds: Bounds) => Promise<void>;
  /** Ends the browser; resolves when its process is gone. */
  close: () => Promise<void>;
};

export type SelftestPorts = {
  executablePath: string;
  /** Starts a headed browser on a profile of its own, with one window. */
  launch: (preparation: LaunchPreparation) => Promise<SelftestBrowser>;
  /** Milliseconds of any clock that only goes forward. */
  now: () => number;
};

/** What the checks hand on to each other. */
type Progress = {
  driver: IdentityDriver;
  slot: number;
  ports: SelftestPorts;
  preparation?: LaunchPreparation;
  browser?: SelftestBrowser;
  identity?: SlotIdentity;
};

type Check = { name: string; run: (progress: Progress) => Promise<string> };

const MOVED: Bounds = { x: 120, y: 90, width: 800, height: 600 };
const TRIES = 30;
const POLL_MS = 100;

/**
 * Does with one spare slot all that a driver can do, live, and says of each part whether it worked. A check that needs
 * what an earlier one could not provide fails with "not tried". Leaves nothing behind.
 */
export async function selftestIdentity(
  driver: IdentityDriver,
  slot: number,
  ports: SelftestPorts,
): Promise<SelftestCheck[]> {
  const progress: Progress = { driver, slot, ports };
  const checks = [...ready, ...(driver.platform === 'darwin' ? [quiet] : []), ...found, ...removed];
  const results: SelftestCheck[] = [];
  for (const check of checks) results.push(await perform(check, progress));
  return results;
}

/** The result as lines to paste into a report. */
export function formatSelftest(title: string, checks: readonly SelftestCheck[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(({ name, ok, detail, durationMs }) =>
    [ok ? 'ok  ' : 'FAIL', name.padEnd(width), `${Math.round(durationMs)} ms`.padStart(8), detail].join('  '),
  );
  const passed = checks.filter(({ ok }) => ok).length;
  return [`escarp selftest identity: ${title}`, ...lines, `${passed} of ${checks.length} passed`, ''].join(
    '\n',
  );
}

async function perform({ name, run }: Check, progress: Progress): Promise<SelftestCheck> {
  const startedMs = progress.ports.now();
  const done = (ok: boolean, detail: string) => ({
    name,
    ok,
    detail,
    durationMs: progress.ports.now() - startedMs,
  });
  try {
    return done(true, await run(progress));
  } catch (thrown) {
    const { code, message, hint } = asIdentityError(thrown, 'command_failed');
    return done(false, `${code}: ${message}${hint === null ? '' : ` ${hint}`}`);
  }
}

const ready: Check[] = [
  {
    name: 'the machine is ready',
    run: async ({ driver }) => {
      const findings = await driver.doctor();
      const error = findings.find(({ severity }) => severity === 'error');
      if (error !== undefined) throw new IdentityError(error.code, error.message, { hint: error.hint });
      return findings.map(({ message }) => message).join(' ') || 'nothing is missing';
    },
  },
  {
    name: 'the slot is prepared',
    run: async (progress) => {
      const { driver, slot, ports } = progress;
      const preparation = await driver.prepare(slot, ports.executablePath, 'clean');
      progress.preparation = preparation;
      return preparation.bundlePath ?? preparation.environment['DISPLAY'] ?? 'nothing to prepare';
    },
  },
  {
    name: 'a browser starts',
    run: async (progress) => {
      progress.browser = await progress.ports.launch(given(progress.preparation));
      return `pid ${(await progress.browser.facts()).pid}`;
    },
  },
];

/** On a display of its own a slot may have the focus: nobody else is there to lose it. */
const quiet: Check = {
  name: 'launching took no focus',
  run: async ({ driver, slot, browser }) => {
    const { focused, reason } = await driver.inspectFocus(slot, await given(browser).facts());
    if (focused) throw new IdentityError('focus_not_verified', 'The new window is in front.');
    return reason;
  },
};

const found: Check[] = [
  {
    name: 'the window is found',
    run: async (progress) => {
      const { driver, slot, browser } = progress;
      const identity = await driver.identify(slot, await given(browser).facts());
      progress.identity = identity;
      const { failure } = identity.live;
      if (failure !== null) throw new IdentityError(failure.code, failure.message, { hint: failure.hint });
      return `window ${identity.osWindowId} of pid ${identity.ownerPid}, ${identity.calibrationNote}`;
    },
  },
  {
    name: 'the same window is found again',
    run: async (progress) => `changes: ${(await verify(progress)).join(', ') || 'none'}`,
  },
  {
    name: 'a moved window is noticed',
    run: async (progress) => {
      await given(progress.browser).setBounds(MOVED);
      for (let tries = 0; tries < TRIES; tries += 1) {
        if ((await verify(progress)).includes('moved')) return `to ${MOVED.x}, ${MOVED.y}`;
        await wait(POLL_MS);
      }
      throw new IdentityError('window_not_found', 'The window was told to move and is where it was.');
    },
  },
  {
    name: 'the window comes to the front',
    run: async ({ driver, slot, browser }) => {
      const { facts, bringToFront } = given(browser);
      const { osWindowId } = await driver.focus(slot, await facts(), bringToFront);
      return `window ${osWindowId} is key and nothing is on top`;
    },
  },
  {
    name: 'a screenshot is taken',
    run: async ({ driver, slot, browser }) => {
      const { png, width, height, region } = await driver.screenshot(slot, await given(browser).facts());
      return `${region}, ${width} by ${height}, ${png.length} bytes`;
    },
  },
];

const removed: Check[] = [
  {
    name: 'a closed window is noticed',
    run: async (progress) => {
      const { driver, slot, browser, identity } = progress;
      const facts = await given(browser).facts();
      await given(browser).close();
      // The window system takes a window away in its own time after the process that owned it has ended.
      for (let tries = 0; tries < TRIES; tries++) {
        const { changes } = await driver.verify(slot, facts, given(identity));
        if (changes.includes('closed')) return 'closed';
        await wait(POLL_MS);
      }
      throw new IdentityError('window_ambiguous', 'The window seems to be there still.');
    },
  },
  {
    name: 'the slot is removed',
    run: async ({ driver, slot }) => {
      await driver.remove(slot);
      return 'nothing is left';
    },
  },
];

async function verify({ driver, slot, browser, identity }: Progress) {
  const {
    verified,
    changes,
    identity: now,
  } = await driver.verify(slot, await given(browser).facts(), given(identity));
  if (verified) return changes;
  throw new IdentityError(
    now.live.failure?.code ?? 'window_not_found',
    now.live.failure?.message ?? 'It is another window.',
  );
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new IdentityError('command_failed', 'not tried, for what failed above');
  return value;
}
