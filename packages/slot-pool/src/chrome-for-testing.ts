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
import { access, constants } from 'node:fs/promises';
import { withDeadline } from './deadline.js';
import { PoolError } from './errors.js';
import { machineBrowser } from './machine-browser.js';
import type { Host } from './ports.js';

export interface BrowserSearch {
  /** Given by the user; when set, nothing else is tried. */
  readonly explicitPath?: string | undefined;
  /** Where Chrome for Testing is kept and downloaded to. */
  readonly cacheDir: string;
  readonly host: Host;
  /** Told of each step that takes time. */
  readonly onEvent: (event: SearchEvent) => void;
  /** How long the download may go without a byte, in milliseconds. */
  readonly stallMs?: number;
}

export type SearchEvent =
  | { readonly kind: 'download_started'; readonly buildId: string }
  | { readonly kind: 'download_progress'; readonly downloadedBytes: number; readonly totalBytes: number }
  | { readonly kind: 'download_failed'; readonly reason: string };

export interface FoundBrowser {
  readonly path: string;
  readonly source: 'explicit' | 'cache' | 'download' | 'machine';
}

/**
 * Finds a Chrome, or gets one: the given path, Chrome for Testing from the cache, its download, or a Chrome on the
 * machine. Rejects with `browser_missing`.
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

/** What is there already, without downloading or installing anything; undefined when nothing is. */
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
 * A cache may be shared between machines. Chrome for Testing has no ARM64 Linux build before 153; under that name older
 * versions of the installer kept the x64 build, which does not run there.
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
    onEvent({ kind: 'download_failed', reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

// A slow line may take long as long as it moves; one that does not move must not hold up the start for ever. The
// unpacking at the end shows no progress, hence the generous limit.
async function withoutStall<T>(stallMs: number, work: (moved: () => unknown) => Promise<T>): Promise<T> {
  const download = new EventEmitter();
  const stalled = once(download, 'stall').then(() => {
    throw new PoolError('deadline_exceeded', `The download did not move for ${stallMs} ms.`);
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
