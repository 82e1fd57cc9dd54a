import { readFile } from 'node:fs/promises';
import { messageOf } from '@escarp/contract';
import { runCommand } from '@escarp/child-process';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import { printable } from './print/printable.js';

const aptMs = 600_000;
/** How much of its output is kept; the end says why it failed. */
const saidCharactersMax = 500;

/** Installs the chromium package if this is Debian or Ubuntu and we are root. Resolves with whether it did. */
export async function aptInstallChromium(cli: Cli): Promise<boolean> {
  if (cli.uid !== 0 || cli.platform !== 'linux' || !(await isDebian())) return false;
  try {
    await apt(cli, ['update']);
    await apt(cli, ['install', '--yes', '--no-install-recommends', 'chromium']);
    return true;
  } catch (error) {
    say(cli, `Chromium could not be installed: ${printable(messageOf(error))}`);
    return false;
  }
}

async function isDebian(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}

async function apt(cli: Cli, parameters: readonly string[]): Promise<void> {
  say(cli, `Installing Chromium: apt-get ${parameters.join(' ')}`);
  const env = { ...cli.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { exitCode, stderr, failure } = await runCommand('apt-get', parameters, { env, timeoutMs: aptMs });
  if (failure !== undefined) throw failure;
  if (exitCode === 0) return;
  throw new Error(`apt-get ${parameters[0]} failed: ${stderr.trim().slice(-saidCharactersMax)}`);
}
