import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EscarpHome } from '../../src/escarp-home.js';
import { makeEscarpHome } from '../../src/escarp-home.js';

const slotlessPool = {
  slots: [],
  cdpBase: 30_000,
  headless: true,
  displays: false,
  cuaApps: false,
  tier: 'autonomous',
};

/** A state directory with a pool without slots, so that a daemon starts without a browser. */
export async function makeSlotlessHome(env: Record<string, string> = {}): Promise<EscarpHome> {
  // The pool is as big as its file says.
  const home = await makeEscarpHome(1, { ESCARP_POOL_SIZE: '', ...env });
  await beginAnew(home);
  return home;
}

/** Leaves nothing in the state directory but a pool without slots. */
export async function beginAnew(home: EscarpHome): Promise<void> {
  await rm(home.path, { recursive: true, force: true });
  await mkdir(home.path, { recursive: true, mode: 0o700 });
  await writeSlotlessPool(home.path);
}

/** Writes the file of such a pool into a folder. */
export async function writeSlotlessPool(folder: string): Promise<void> {
  await writeFile(join(folder, 'pool.json'), JSON.stringify(slotlessPool), { mode: 0o600 });
}
