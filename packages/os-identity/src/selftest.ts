import { setTimeout as wait } from 'node:timers/promises';
import type { IdentityDriver, LaunchPreparation } from './driver.js';
import { asIdentityError, IdentityError } from './errors.js';
import type { Bounds, SlotBrowser, SlotIdentity } from './identity.js';

/** The result of one check. */
export type SelftestCheck = { name: string; ok: boolean; detail: string; durationMs: number };

/** A browser that the caller started for the selftest, with the DevTools calls that the selftest needs. */
export type SelftestBrowser = {
  facts: () => Promise<SlotBrowser>;
  /** `Page.bringToFront` */
  bringToFront: () => Promise<void>;
  /** `Browser.setWindowBounds` */
  setBounds: (bounds: Bounds) => Promise<void>;
  /** Ends the browser; resolves when its process is gone. */
  close: () => Promise<void>;
};

/** What the selftest needs from its caller. */
export type SelftestPorts = {
  executablePath: string;
  /** Starts a headed browser with its own profile and one window. */
  launch: (preparation: LaunchPreparation) => Promise<SelftestBrowser>;
  /** Monotonic milliseconds. */
  now: () => number;
};

/** What the checks pass on to each other. */
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
/** How long a window may take to come, to move and to go, on a machine that does other things too. */
const WINDOW_MS = 20_000;
const POLL_MS = 100;

/**
 * Tries everything that a driver can do, live and on one spare slot, and reports whether each part worked. A check whose
 * prerequisite failed fails with "not tried". Leaves nothing behind. Never rejects.
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

/** The results as lines of text to paste into a report. */
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
      progress.browser = await progress.ports.launch(required(progress.preparation));
      return `pid ${(await progress.browser.facts()).pid}`;
    },
  },
];

/** Not checked on a slot's own display: a new window may take the focus there, because nobody else can lose it. */
const quiet: Check = {
  name: 'launching took no focus',
  run: async ({ driver, slot, browser }) => {
    const { focused, reason } = await driver.inspectFocus(slot, await required(browser).facts());
    if (focused) throw new IdentityError('focus_not_verified', 'The new window is in front.');
    return reason;
  },
};

const found: Check[] = [
  {
    name: 'the window is found',
    run: async (progress) => {
      const { driver, slot, browser } = progress;
      const facts = await required(browser).facts();
      // A browser answers before its window is on the screen.
      const identity = await driver.awaitWindow(slot, facts, AbortSignal.timeout(WINDOW_MS));
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
      await required(progress.browser).setBounds(MOVED);
      for (let tries = 0; tries < WINDOW_MS / POLL_MS; tries += 1) {
        if ((await verify(progress)).includes('moved')) return `to ${MOVED.x}, ${MOVED.y}`;
        await wait(POLL_MS);
      }
      throw new IdentityError('window_not_found', 'The window did not move when asked to.');
    },
  },
  {
    name: 'the window comes to the front',
    run: async ({ driver, slot, browser }) => {
      const { facts, bringToFront } = required(browser);
      const { osWindowId } = await driver.focus(slot, await facts(), bringToFront);
      return `window ${osWindowId} is key and nothing covers it`;
    },
  },
  {
    name: 'a screenshot is taken',
    run: async ({ driver, slot, browser }) => {
      const { png, width, height, region } = await driver.screenshot(slot, await required(browser).facts());
      return `${region}, ${width} by ${height}, ${png.length} bytes`;
    },
  },
];

const removed: Check[] = [
  {
    name: 'a closed window is noticed',
    run: async (progress) => {
      const { driver, slot, browser, identity } = progress;
      const facts = await required(browser).facts();
      await required(browser).close();
      // The window system takes a window away in its own time after the process that owned it has ended.
      for (let tries = 0; tries < WINDOW_MS / POLL_MS; tries++) {
        const { changes } = await driver.verify(slot, facts, required(identity));
        if (changes.includes('closed')) return 'closed';
        await wait(POLL_MS);
      }
      throw new IdentityError('window_ambiguous', 'The window still seems to be there.');
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
  } = await driver.verify(slot, await required(browser).facts(), required(identity));
  if (verified) return changes;
  throw new IdentityError(
    now.live.failure?.code ?? 'window_not_found',
    now.live.failure?.message ?? 'It is another window.',
  );
}

function required<T>(value: T | undefined): T {
  if (value === undefined)
    throw new IdentityError('command_failed', 'not tried, because an earlier check failed');
  return value;
}
