// What the tests need of the operating system: a browser, chromedriver, and Xvnc, a display that needs no screen.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, say, withProgress } from './run.mjs';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Installs what is missing where that can be done without asking; else names it, or throws where tests would fail. */
export async function installSystemPackages() {
  if (process.platform !== 'linux') return;
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (isDebian() && process.getuid() === 0) return aptInstall(missing);
  const line = `sudo apt-get install ${missing.join(' ')}`;
  throw new Error(`The tests need ${missing.join(' and ')}. On Debian or Ubuntu: ${line}`);
}

function missingPackages() {
  const hasBrowser = process.env.ESCARP_CFT_BINARY !== undefined || BROWSERS.some(isOnPath);
  return [
    ...(hasBrowser ? [] : ['chromium']),
    ...(isOnPath('chromedriver') ? [] : ['chromium-driver']),
    ...(isOnPath('Xvnc') ? [] : ['tigervnc-standalone-server']),
  ];
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isDebian() {
  return (
    existsSync('/etc/os-release') &&
    /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
  );
}

async function aptInstall(missing) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  say(`installing with apt-get: ${missing.join(' ')}`);
  await withProgress('apt-get update', () => run('apt-get', ['update', '-q'], { env }));
  const args = ['install', '-y', '-q', '--no-install-recommends', ...missing];
  await withProgress('apt-get install', () => run('apt-get', args, { env }));
}
