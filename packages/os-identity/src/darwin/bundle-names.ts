import { join } from 'node:path';

/** The names and paths of a slot's own application. */
export type BundleNames = { bundleId: string; name: string; path: string; executablePath: string };

/** The names and paths of a slot's application in the state directory `home`. The bundle need not exist. */
export function bundleNames(home: string, slot: number): BundleNames {
  const name = `Escarp Chrome Slot ${slot}`;
  const path = join(home, 'cua-apps', `${name}.app`);
  const executablePath = join(path, 'Contents', 'MacOS', name);
  return { bundleId: `dev.escarp.chrome.slot${slot}`, name, path, executablePath };
}

/** The application bundle whose main executable this is; null if it belongs to no bundle. */
export function applicationOf(executablePath: string): string | null {
  return /^(.*\.app)\/Contents\/MacOS\/[^/]+$/.exec(executablePath)?.[1] ?? null;
}
