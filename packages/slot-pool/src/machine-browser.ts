import { access, constants } from 'node:fs/promises';
import type { Host } from './ports.js';

// Debian's /usr/bin/chromium is a shell script that adds flags of its own, so the binary behind it comes first.
const linuxBrowsers = [
  '/opt/google/chrome/chrome',
  '/usr/lib/chromium/chromium',
  '/usr/lib/chromium-browser/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
];

const darwinBrowsers = [
  '/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The first Chrome or Chromium installed where packages put it, or undefined. */
export async function machineBrowser(host: Host): Promise<string | undefined> {
  for (const path of host.platform === 'linux' ? linuxBrowsers : darwinBrowsers) {
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
