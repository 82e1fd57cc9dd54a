import {
  Browser,
  BrowserPlatform,
  detectBrowserPlatform,
  getInstalledBrowsers,
  install,
  type InstalledBrowser,
  resolveBuildId,
} from '@puppeteer/browsers';
import { EventEmitter, once } from 'node:events';
import { access, constants, stat } from 'node:fs/promises';
import { messageOf } from '@escarp/contract';
import { withDeadline } from './deadline.js';
import { PoolError } from './errors.js';
import { machineBrowser } from './machine-browser.js';
import type { Host } from './ports.js';

/** Where to look for a browser, and how to report progress. */
export interface BrowserSearch {
  /** Path chosen by the user; if set, nothing else is tried. */
  readonly explicitPath?: string | undefined;
  /** Where Chrome for Testing is kept and downloaded to. */
  readonly cacheDir: string;
  readonly host: Host;
  /** Called at each step that takes time. */
  readonly onEvent: (event: SearchEvent) => void;
  /** Milliseconds that the download may go without receiving a byte. Default: 30 000. */
  readonly stallMs?: number;
}

/** Progress of a download. */
export type SearchEvent =
  | { readonly kind: 'download_started'; readonly buildId: string }
  | { readonly kind: 'download_progress'; readonly downloadedBytes: number; readonly totalBytes: number }
  | { readonly kind: 'download_failed'; readonly reason: string };

/** A browser, and where it was found. */
export interface FoundBrowser {
  readonly path: string;
  readonly source: 'explicit' | 'cache' | 'download' | 'machine';
}

/**
 * Finds or downloads a Chrome. In this order: the given path, Chrome for Testing from the cache, a download of it, a
 * Chrome or Chromium that is installed on the machine.
 *
 * @throws PoolError `browser_missing`.
 */
export async function findBrowser(search: BrowserSearch): Promise<FoundBrowser> {
  if (search.explicitPath !== undefined) return explicitBrowser(search.explicitPath);
  return (
    (await cachedBrowser(search.cacheDir)) ??
    (await downloadedBrowser(search)) ??
    found('machine', await machineBrowser(search.host)) ??
    missing()
  );
}

/**
 * Finds a Chrome without downloading or installing anything; undefined if there is none.
 *
 * @throws PoolError `browser_missing` if `explicitPath` cannot be executed.
 */
export async function locateBrowser({
  explicitPath,
  cacheDir,
  host,
}: Pick<BrowserSearch, 'explicitPath' | 'cacheDir' | 'host'>): Promise<FoundBrowser | undefined> {
  if (explicitPath !== undefined) return explicitBrowser(explicitPath);
  return (await cachedBrowser(cacheDir)) ?? found('machine', await machineBrowser(host));
}

async function explicitBrowser(path: string): Promise<FoundBrowser> {
  try {
    await access(path, constants.X_OK);
    // Of a folder, that says only that it may be entered.
    if (!(await stat(path)).isFile()) throw new Error('It is not a file.');
    return { path, source: 'explicit' };
  } catch (cause) {
    throw new PoolError('browser_missing', `The configured browser ${path} cannot be executed.`, {
      details: { path, waysOut },
      cause,
    });
  }
}

async function cachedBrowser(cacheDir: string): Promise<FoundBrowser | undefined> {
  const installed = await getInstalledBrowsers({ cacheDir }).catch(() => []);
  const chromes = installed.filter((each) => each.browser === Browser.CHROME && runsHere(each));
  const newest = chromes.toSorted((a, b) => compareBuilds(b.buildId, a.buildId))[0];
  return found('cache', newest?.executablePath);
}

/**
 * A cache may be shared between machines. Chrome for Testing has ARM64 Linux builds only since 153; older versions of the
 * installer stored the x64 build, which does not run there, under the name of the ARM64 one.
 */
function runsHere({ platform, executablePath }: InstalledBrowser): boolean {
  if (platform !== detectBrowserPlatform()) return false;
  return platform !== BrowserPlatform.LINUX_ARM || !executablePath.includes('linux64');
}

async function downloadedBrowser(search: BrowserSearch): Promise<FoundBrowser | undefined> {
  const { cacheDir, onEvent, stallMs = 30_000 } = search;
  try {
    const platform = detectBrowserPlatform();
    if (platform === undefined) throw new Error('There is no Chrome for Testing for this platform.');
    const buildId = await withDeadline(
      resolveBuildId(Browser.CHROME, platform, 'stable'),
      stallMs,
      'Looking up Chrome',
    );
    onEvent({ kind: 'download_started', buildId });
    const path = await withoutStall(stallMs, async (moved) => {
      const onProgress = (downloadedBytes: number, totalBytes: number): void => {
        moved();
        onEvent({ kind: 'download_progress', downloadedBytes, totalBytes });
      };
      const installed = await install({
        browser: Browser.CHROME,
        buildId,
        cacheDir,
        platform,
        downloadProgressCallback: onProgress,
      });
      return installed.executablePath;
    });
    return found('download', path);
  } catch (error) {
    onEvent({ kind: 'download_failed', reason: messageOf(error) });
    return undefined;
  }
}

// A slow download may take as long as it makes progress, but a stalled one must not block the start forever. The limit is
// generous because unpacking at the end reports no progress.
async function withoutStall<T>(stallMs: number, work: (moved: () => unknown) => Promise<T>): Promise<T> {
  const download = new EventEmitter();
  const stalled = once(download, 'stall').then(() => {
    throw new PoolError('deadline_exceeded', `The download made no progress for ${stallMs} ms.`);
  });
  const timer = setTimeout(() => download.emit('stall'), stallMs);
  try {
    return await Promise.race([work(() => timer.refresh()), stalled]);
  } finally {
    clearTimeout(timer);
  }
}

function found(source: FoundBrowser['source'], path: string | undefined): FoundBrowser | undefined {
  return path === undefined ? undefined : { path, source };
}

const waysOut = [
  'Set ESCARP_CFT_BINARY to the path of a Chrome or Chromium.',
  'Install Chrome or Chromium on this machine.',
  'Let escarp download Chrome for Testing: give this machine, or its proxy, access to the internet and try again.',
];

function missing(): never {
  throw new PoolError('browser_missing', `No browser was found. ${waysOut.join(' ')}`, {
    details: { waysOut },
  });
}

function compareBuilds(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
