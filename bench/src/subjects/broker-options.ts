import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { BrokerOptions } from '@escarp/broker';
import { createLog, openStateDirectory, openVault, readSettings } from '@escarp/broker';
import { runCommand } from '@escarp/child-process';
import { createIdentityDriver } from '@escarp/os-identity';
import { instantSlots } from './instant-slots.js';

/** A broker as the command line makes it, but over slots without browsers. */
export async function brokerOptions(home: string, slots: number): Promise<BrokerOptions> {
  const directory = await openStateDirectory(join(home, 'state'), process.getuid?.());
  const settings = readSettings({ ESCARP_HOME: directory.home, ESCARP_API_PORT: '0' }, directory.home);
  const clocks = {
    wallMs: Date.now,
    monotonicMs: () => performance.now(),
    newId: randomUUID,
    randomBytes: (size: number) => randomBytes(size),
  };
  const machine = {
    platform: process.platform,
    uid: process.getuid?.(),
    pid: process.pid,
    environment: {},
    shortTmp: '/tmp',
    clocks,
  };
  return {
    directory,
    settings,
    machine,
    vault: openVault({ machine, settings, userHome: home }),
    identity: createIdentityDriver(
      process.platform,
      {
        home: directory.home,
        cuaApps: false,
        displays: false,
        screen: { width: 1280, height: 800 },
        session: { display: null, authorityPath: '', waylandDisplay: null },
      },
      { run: runCommand, now: clocks.wallMs, randomBytes: clocks.randomBytes },
    ),
    pool: {
      slots: Array.from({ length: slots }, (_, slot) => slot),
      cdpBase: 9222,
      headless: true,
      displays: false,
      cuaApps: false,
      tier: 'autonomous',
    },
    browserPath: process.execPath,
    heal: true,
    log: createLog('error', clocks.wallMs, (line) => process.stderr.write(line)),
    slots: instantSlots(),
  };
}
