import { openStateDirectory } from '@escarp/broker/home';
import { searchBrowser } from '../browser-search.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { printable } from '../print/printable.js';

const origins = {
  explicit: 'set by ESCARP_CFT_BINARY',
  cache: 'Chrome for Testing, installed before',
  download: 'Chrome for Testing, just downloaded',
  machine: 'found on this machine',
  package: 'just installed from the system packages',
};

export async function installBrowser(cli: Cli): Promise<number> {
  await openStateDirectory(cli.settings.home, cli.uid);
  const { path, source } = await searchBrowser(cli);
  printResult(cli, { path, source }, [`browser: ${printable(path)} (${origins[source]})`]);
  return 0;
}
