import { browserPlaces, hasLaunched, presentBrowser } from '@escarp/broker/assembly';
import type { FoundBrowser, SearchEvent } from '@escarp/slot-pool';
import { findBrowser, PoolError } from '@escarp/slot-pool';
import { aptInstallChromium } from './apt-chromium.js';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import { installationOf } from './installation.js';
import { printable } from './print/printable.js';
import { bytes } from './print/quantities.js';

/**
 * The browser of the pool. A pool that has run before continues with the browser that is there: otherwise a download
 * that failed would be tried, and waited for, at every start.
 */
export async function poolBrowser(cli: Cli): Promise<FoundBrowser> {
  const installation = installationOf(cli);
  const present = (await hasLaunched(installation)) ? await presentBrowser(installation) : undefined;
  return present ?? (await searchBrowser(cli));
}

/**
 * Finds a browser or gets one, which on Debian and Ubuntu as root means installing the package. Says what takes long.
 */
export async function searchBrowser(cli: Cli): Promise<FoundBrowser> {
  const search = {
    ...browserPlaces(installationOf(cli)),
    onEvent: (event: SearchEvent) => report(cli, event),
  };
  try {
    return await findBrowser(search);
  } catch (error) {
    if (!(error instanceof PoolError) || error.code !== 'browser_missing') throw error;
    if (search.explicitPath !== undefined || !(await aptInstallChromium(cli))) throw error;
    return findBrowser(search);
  }
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
    default:
      event satisfies never;
  }
}

const barWidth = 30;

/** A bar that is redrawn in place, if there is a terminal to draw it on. */
function drawProgress({ stderr, json }: Cli, done: number, total: number): void {
  if (json || !stderr.isTTY || total <= 0) return;
  const filled = Math.round((barWidth * done) / total);
  const bar = '#'.repeat(filled).padEnd(barWidth, '.');
  stderr.write(`\r[${bar}] ${bytes(done)} of ${bytes(total)} ${done >= total ? '\n' : ''}`);
}
