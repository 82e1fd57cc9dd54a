import { resolve } from 'node:path';
import { machineIdentity } from '@escarp/broker';
import { stateDirectory } from '@escarp/broker/home';
import { readPoolFile } from '@escarp/broker/pool-file';
import type { IdentityDriver, SlotBrowser, SlotIdentity } from '@escarp/os-identity';
import { IdentityError } from '@escarp/os-identity';
import type { Client, SlotView } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { AskedBrowser } from '../ask-browser.js';
import { askBrowser } from '../ask-browser.js';
import { installationOf } from '../installation.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { daemonClient } from '../find-daemon.js';
import { writeOwnFile } from '../own-files/write-own-file.js';
import { printAnswer } from '../print-answer.js';
import { windowDocument, windowLines } from '../window-document.js';

/** Says what is known of a slot's window, asked of the system and the browser now. Only --verify-key can fail it. */
export async function window(cli: Cli, args: Arguments): Promise<number> {
  const { driver, view, asked } = await slotNow(cli, args.slot());
  const keyboard = args.flag('verify-key')
    ? await driver.inspectFocus(view.slot, browserOf(view, asked))
    : undefined;
  const identity = view.pid === null ? undefined : await driver.identify(view.slot, browserOf(view, asked));
  const document = windowDocument({ view, asked, identity, keyboard });
  printAnswer(cli, document, windowLines(document));
  return keyboard?.focused === false ? 4 : 0;
}

export async function focus(cli: Cli, args: Arguments): Promise<number> {
  const { driver, view, asked } = await slotNow(cli, args.slot());
  const identity = await bringUp(driver, view, asked);
  printAnswer(cli, identity, [`Slot ${view.slot} has the keyboard: window ${identity.osWindowId}.`]);
  return 0;
}

/** For a lease just acquired. */
export async function focusSlot(cli: Cli, view: SlotView): Promise<void> {
  await bringUp(await driverFor(cli), view, await askBrowser(view.cdpPort));
}

/** Refuses to lease what could not come to the front anyway. Throws `slot_headless`. */
export async function requireWindows(client: Client, slot: number | undefined): Promise<void> {
  const { slots } = await client.status();
  const wanted = slots.filter((one) => slot === undefined || one.slot === slot);
  if (wanted.length === 0 || wanted.some(({ headless }) => !headless)) return;
  throw new IdentityError('slot_headless', 'Headless slots have no window to focus; nothing was leased.', {
    hint: 'Acquire without --focus, or launch the pool with windows: --displays on Linux, --headed elsewhere.',
  });
}

export async function screenshot(cli: Cli, args: Arguments): Promise<number> {
  const path = resolve(cli.cwd, args.required('out'));
  const { driver, view, asked } = await slotNow(cli, args.slot());
  const { png, width, height, region } = await driver.screenshot(view.slot, browserOf(view, asked));
  await writeOwnFile(path, png);
  const { printable } = await import('../print/printable.js');
  printResult(cli, { path, width, height, region }, [
    `${printable(path)}: ${width} x ${height}, the slot's ${region}`,
  ]);
  return 0;
}

async function slotNow(cli: Cli, slot: number) {
  const { slots } = await (await daemonClient(cli)).status();
  const view = slots.find((one) => one.slot === slot);
  if (view === undefined) throw new OperationError('unknown_slot');
  const asked = view.pid === null ? undefined : await askBrowser(view.cdpPort);
  return { view, asked, driver: await driverFor(cli) };
}

async function driverFor(cli: Cli): Promise<IdentityDriver> {
  const pool = await readPoolFile(stateDirectory(cli.settings.home).pool);
  return machineIdentity(installationOf(cli), {
    headless: pool?.headless ?? false,
    displays: pool?.displays ?? false,
    cuaApps: pool?.cuaApps ?? false,
  });
}

function browserOf({ slot, pid, headless }: SlotView, asked: AskedBrowser | undefined): SlotBrowser {
  if (pid === null) {
    throw new IdentityError('window_not_found', `Slot ${slot} has no running browser.`, {
      hint: 'See escarp status.',
    });
  }
  return { pid, headless, cdp: asked?.cdp ?? null };
}

function bringUp(
  driver: IdentityDriver,
  view: SlotView,
  asked: AskedBrowser | undefined,
): Promise<SlotIdentity> {
  return driver.focus(view.slot, browserOf(view, asked), () =>
    bringToFront(view.cdpPort, asked?.cdp?.targetId),
  );
}

/** DevTools' own way to activate a tab, over HTTP: it leaves no connection that a reset would have to cut. */
async function bringToFront(cdpPort: number, targetId: string | undefined): Promise<void> {
  if (targetId === undefined) return;
  await fetch(`http://127.0.0.1:${cdpPort}/json/activate/${targetId}`, {
    signal: AbortSignal.timeout(2_000),
  });
}
