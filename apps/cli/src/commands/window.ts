// oxlint-disable-next-line no-restricted-imports -- `--out` names a file of the user's own.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stateDirectory } from '@escarp/broker/home';
import { readPoolFile } from '@escarp/broker/pool-file';
import type { IdentityDriver, SlotBrowser } from '@escarp/os-identity';
import { IdentityError } from '@escarp/os-identity';
import type { SlotView } from '@escarp/transport/client';
import { OperationError, toWire } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import { identityDriver } from '../assemble-daemon.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { daemonClient } from '../find-daemon.js';
import { printable } from '../print/printable.js';

/** Says which window is the slot's, asked of the system now. */
export async function window(cli: Cli, args: Arguments): Promise<number> {
  const { driver, view, browser } = await slotOnScreen(cli, args.slot());
  const identity = await driver.identify(view.slot, browser);
  const keyboard = args.flag('verify-key') ? await driver.inspectFocus(view.slot, browser) : undefined;
  const rows: [string, string | number | null][] = [
    ['slot', view.slot],
    ['window', identity.osWindowId],
    ['process', identity.ownerPid],
    ['display', identity.display],
    ['class', identity.wmClass],
    ['application', identity.cuaAppBundleId],
    ['bounds', identity.bounds === null ? null : JSON.stringify(identity.bounds)],
    ['told by', identity.calibrationNote],
    ['keyboard', keyboard === undefined ? null : (keyboard.reason ?? 'this window has it')],
  ];
  printResult(
    cli,
    toWire({ ...identity, focused: keyboard?.focused }),
    rows.flatMap(([name, value]) =>
      value === null ? [] : [`${name.padEnd(12)}${printable(String(value))}`],
    ),
  );
  return identity.osWindowId === null || keyboard?.focused === false ? 4 : 0;
}

export async function focus(cli: Cli, args: Arguments): Promise<number> {
  const { driver, view, browser } = await slotOnScreen(cli, args.slot());
  const identity = await driver.focus(view.slot, browser, () => bringToFront(view));
  printResult(cli, toWire(identity), [`Slot ${view.slot} has the keyboard: window ${identity.osWindowId}.`]);
  return 0;
}

/** For a lease just acquired. */
export async function focusSlot(cli: Cli, view: SlotView): Promise<void> {
  const driver = await driverFor(cli);
  await driver.focus(view.slot, browserOf(view), () => bringToFront(view));
}

export async function screenshot(cli: Cli, args: Arguments): Promise<number> {
  const { driver, view, browser } = await slotOnScreen(cli, args.slot());
  const { png, width, height, region } = await driver.screenshot(view.slot, browser);
  const path = resolve(cli.cwd, args.required('out'));
  await writeFile(path, png);
  printResult(cli, { path, width, height, region }, [
    `${printable(path)}: ${width} x ${height}, the slot's ${region}`,
  ]);
  return 0;
}

async function slotOnScreen(cli: Cli, slot: number) {
  const { slots } = await (await daemonClient(cli)).status();
  const view = slots.find((one) => one.slot === slot);
  if (view === undefined) throw new OperationError('unknown_slot');
  return { view, browser: browserOf(view), driver: await driverFor(cli) };
}

async function driverFor(cli: Cli): Promise<IdentityDriver> {
  const pool = await readPoolFile(stateDirectory(cli.settings.home).pool);
  return identityDriver(cli, { displays: pool?.displays ?? false, cuaApps: pool?.cuaApps ?? false });
}

function browserOf({ slot, pid, headless, cdpWindowId, cdpTargetId, bounds }: SlotView): SlotBrowser {
  if (pid === null) {
    throw new IdentityError('window_not_found', `Slot ${slot} has no running browser.`, {
      hint: 'See escarp status.',
    });
  }
  const cdp =
    cdpWindowId === null || cdpTargetId === null
      ? null
      : { windowId: cdpWindowId, targetId: cdpTargetId, bounds };
  return { pid, headless, cdp };
}

/** DevTools' own way to activate a tab, over HTTP: it leaves no connection that a reset would have to cut. */
async function bringToFront({ cdpPort, cdpTargetId }: SlotView): Promise<void> {
  if (cdpTargetId === null) return;
  await fetch(`http://127.0.0.1:${cdpPort}/json/activate/${cdpTargetId}`, {
    signal: AbortSignal.timeout(2_000),
  });
}
