import { join } from 'node:path';
import { runCommand } from '@escarp/child-process';
import type { IdentityDriver } from '@escarp/os-identity';
import { createIdentityDriver } from '@escarp/os-identity';
import { windowSizeOf } from '../slots/window-size.js';
import type { PoolFile } from '../state-directory/pool-file.js';
import type { Installation } from './installation.js';

/** The driver that knows this machine's windows. Slots of a headless pool have one only while a lease asks for it. */
export function machineIdentity(
  { machine, settings, userHome }: Installation,
  { headless, displays, cuaApps }: Pick<PoolFile, 'headless' | 'displays' | 'cuaApps'>,
): IdentityDriver {
  const { environment: env, clocks } = machine;
  return createIdentityDriver(
    machine.platform,
    {
      home: settings.home,
      cuaApps,
      displays: headless ? 'without_screen' : displays,
      screen: windowSizeOf({ displays }),
      session: {
        display: env['DISPLAY'] || null,
        authorityPath: env['XAUTHORITY'] || join(userHome, '.Xauthority'),
        waylandDisplay: env['WAYLAND_DISPLAY'] || null,
      },
    },
    { run: runCommand, now: clocks.wallMs, randomBytes: clocks.randomBytes },
  );
}
