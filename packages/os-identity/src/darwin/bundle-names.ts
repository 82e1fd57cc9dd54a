import { join } from 'node:path';

/** What a slot's own application is called, and where it stands. */
export type BundleNames = { bundleId: string; name: string; path: string; executablePath: string };

export function bundleNames(home: string, slot: number): BundleNames {
  const name = `Escarp Chrome Slot ${slot}`;
  const path = join(home, 'cua-apps', `${name}.app`);
  const executablePath = join(path, 'Contents', 'MacOS', name);
  return { bundleId: `dev.escarp.chrome.slot${slot}`, name, path, executablePath };
}

/** The application that an executable is the main executable of; null for one that stands alone. */
export function applicationOf(executablePath: string): string | null {
  return /^(.*\.app)\/Contents\/MacOS\/[^/]+$/.exec(executablePath)?.[1] ?? null;
}
