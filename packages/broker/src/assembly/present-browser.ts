import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserSearch, FoundBrowser } from '@escarp/slot-pool';
import { locateBrowser } from '@escarp/slot-pool';
import { stateDirectory } from '../state-directory/state-directory.js';
import type { Installation } from './installation.js';

/** Where to look for a browser. */
export function browserPlaces({
  machine: { platform, uid },
  settings,
}: Installation): Omit<BrowserSearch, 'onEvent' | 'stallMs'> {
  return {
    explicitPath: settings.browserPath,
    cacheDir: stateDirectory(settings.home).chrome,
    host: { platform: platform === 'darwin' ? 'darwin' : 'linux', isRoot: uid === 0 },
  };
}

/**
 * The browser that is installed, without downloading or installing one. Rejects with `browser_missing` for a wrong
 * path.
 */
export function presentBrowser(installation: Installation): Promise<FoundBrowser | undefined> {
  return locateBrowser(browserPlaces(installation));
}

/** Whether browsers have been launched from this state directory before. */
export async function hasLaunched({ settings }: Installation): Promise<boolean> {
  const traces = await readdir(join(settings.home, 'run')).catch(() => []);
  return traces.length > 0;
}
