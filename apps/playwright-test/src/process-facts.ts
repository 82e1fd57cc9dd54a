import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clocks, readSettings, withAbsolutePaths } from '@escarp/broker/home';
import type { Installation, Machine } from '@escarp/broker/assembly';

const clocks: Clocks = {
  wallMs: Date.now,
  monotonicMs: () => performance.now(),
  newId: () => crypto.randomUUID(),
  randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
};

/** This process as escarp sees it. Nobody starts a library with options, so it reads them itself, and here alone. */
export function ownInstallation(): Installation {
  const userHome = homedir();
  const environment = withAbsolutePaths(process.env, { cwd: process.cwd(), userHome });
  const settings = readSettings(environment, join(userHome, '.escarp'));
  return { machine: machineWith(environment), settings, userHome };
}

function machineWith(environment: Machine['environment']): Machine {
  const { platform, pid } = process;
  // The system's own short one: a per-user TMPDIR can be too long for a socket's path.
  const shortTmp = platform === 'win32' ? tmpdir() : '/tmp';
  return { platform, uid: process.getuid?.(), pid, environment, shortTmp, clocks };
}
