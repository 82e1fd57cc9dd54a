import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { SearchEvent } from './chrome-for-testing.js';
import type { Host } from './ports.js';

const aptMs = 600_000;

/** Installs the chromium package where this is Debian or Ubuntu and we are root. Resolves with whether it did. */
export async function aptInstallChromium(
  host: Host,
  env: Readonly<Record<string, string>>,
  onEvent: (event: SearchEvent) => void,
): Promise<boolean> {
  if (!host.isRoot || host.platform !== 'linux' || !(await isDebian())) return false;
  try {
    await apt(['update'], env, onEvent);
    await apt(['install', '--yes', '--no-install-recommends', 'chromium'], env, onEvent);
    return true;
  } catch (error) {
    onEvent({
      kind: 'package_install_failed',
      reason: error instanceof Error ? error.message : String(error),
    });
    return false;
  }
}

async function isDebian(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}

function apt(
  arguments_: readonly string[],
  env: Readonly<Record<string, string>>,
  onEvent: (event: SearchEvent) => void,
): Promise<void> {
  onEvent({ kind: 'package_install_started', command: `apt-get ${arguments_.join(' ')}` });
  const options = {
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: aptMs,
    maxBuffer: 16_000_000,
  };
  return new Promise((resolve, reject) => {
    execFile('apt-get', arguments_, options, (error) => (error ? reject(error) : resolve()));
  });
}
