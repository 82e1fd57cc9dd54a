import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@escarp/child-process';
import {
  createIdentityDriver,
  type IdentityDriver,
  type IdentityPorts,
  type IdentitySettings,
} from '../src/index.js';
import { displayFiles } from '../src/linux/display-record.js';
import type { XTarget } from '../src/linux/x-connection.js';
import { parseXAddress } from '../src/linux/x-address.js';
import { chromiumPath, startChromium, type HeadedChromium } from './headed-chromium.js';

export const screen = { width: 1024, height: 700 };

export const ports: IdentityPorts = { run: runCommand, now: Date.now, randomBytes };

export type SlotHome = {
  home: string;
  driver: IdentityDriver;
  /** A headed browser on the slot's display. */
  launch: (slot: number) => Promise<HeadedChromium>;
  /** The X server of a slot, reached past the driver. */
  xTarget: (slot: number) => Promise<XTarget>;
  close: () => Promise<void>;
};

/** A state directory of its own with a driver on it; `close` ends every browser and display begun through it. */
export async function openSlotHome(changes: Partial<IdentitySettings> = {}): Promise<SlotHome> {
  const home = await mkdtemp(join(tmpdir(), 'escarp-id-'));
  const session = { display: null, authorityPath: null, waylandDisplay: null };
  const settings = { home, displays: true, cuaApps: false, screen, session, ...changes };
  const driver = createIdentityDriver('linux', settings, ports);
  const browsers = new Set<HeadedChromium>();
  const slots = new Set<number>();
  return {
    home,
    driver: { ...driver, prepare: (slot, ...how) => (slots.add(slot), driver.prepare(slot, ...how)) },
    launch: async (slot) => {
      slots.add(slot);
      const preparation = await driver.prepare(slot, chromiumPath, 'clean');
      const browser = await startChromium(preparation, join(home, `browser-${slot}-${browsers.size}`));
      browsers.add(browser);
      await driver.awaitWindow(slot, await browser.facts(), AbortSignal.timeout(60_000));
      return browser;
    },
    xTarget: async (slot) => {
      slots.add(slot);
      const { environment } = await driver.prepare(slot, chromiumPath, 'relaunch');
      return {
        address: parseXAddress(environment['DISPLAY'] ?? ''),
        authorityPath: displayFiles(home, slot).authority,
      };
    },
    close: async () => {
      await Promise.all([...browsers].map((browser) => browser.close()));
      for (const slot of slots) await driver.remove(slot);
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
