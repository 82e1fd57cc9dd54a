import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stateDirectory } from '@escarp/broker/home';
import type { FoundBrowser, SearchEvent } from '@escarp/slot-pool';
import { findBrowser, locateBrowser } from '@escarp/slot-pool';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import { printable } from './print/printable.js';
import { bytes } from './print/quantities.js';

/**
 * The browser of the pool. One that has run before goes on with what is there: a download that failed would otherwise be
 * tried, and waited for, at every start.
 */
export async function poolBrowser(cli: Cli): Promise<FoundBrowser> {
  const present = (await hasRun(cli)) ? await locateBrowser(browserPlaces(cli)) : undefined;
  return present ?? (await searchBrowser(cli));
}

async function hasRun({ settings }: Cli): Promise<boolean> {
  const traces = await readdir(join(settings.home, 'run')).catch(() => []);
  return traces.length > 0;
}

/** Finds a browser or gets one, saying what takes long. */
export async function searchBrowser(cli: Cli): Promise<FoundBrowser> {
  return findBrowser({
    ...browserPlaces(cli),
    env: Object.fromEntries(
      Object.entries(cli.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
    ),
    onEvent: (event) => report(cli, event),
  });
}

/** Where a browser is looked for. */
export function browserPlaces({ settings, platform, uid }: Cli) {
  return {
    explicitPath: settings.browserPath,
    cacheDir: stateDirectory(settings.home).chrome,
    host: { platform: platform === 'darwin' ? ('darwin' as const) : ('linux' as const), isRoot: uid === 0 },
  };
}

function report(cli: Cli, event: SearchEvent): void {
  switch (event.kind) {
    case 'download_started':
      return say(cli, `Downloading Chrome for Testing ${printable(event.buildId)}`);
    case 'download_progress':
      return drawProgress(cli, event.downloadedBytes, event.totalBytes);
    case 'download_failed':
      say(cli, `The download of Chrome for Testing failed: ${printable(event.reason)}`);
      return say(cli, 'Looking for a browser on this machine instead');
    case 'package_install_started':
      return say(cli, `Installing Chromium: ${printable(event.command)}`);
    case 'package_install_failed':
      return say(cli, `Chromium could not be installed: ${printable(event.reason)}`);
    default:
      event satisfies never;
  }
}

const barWidth = 30;

/** A bar that is redrawn in place, and only where there is a terminal to redraw it on. */
function drawProgress({ stderr, json }: Cli, done: number, total: number): void {
  if (json || !stderr.isTTY || total <= 0) return;
  const filled = Math.round((barWidth * done) / total);
  const bar = '#'.repeat(filled).padEnd(barWidth, '.');
  stderr.write(`\r[${bar}] ${bytes(done)} of ${bytes(total)} ${done >= total ? '\n' : ''}`);
}
