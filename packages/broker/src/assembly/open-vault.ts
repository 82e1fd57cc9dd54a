import { join } from 'node:path';
import { runCommand } from '@escarp/child-process';
import { createLoginKey, LoginVault, systemKeychain } from '@escarp/saved-logins';
import type { Installation } from './installation.js';

/** The saved logins of an installation. Their key is looked for when it is first needed. */
export function openVault({ machine, settings, userHome }: Installation): LoginVault {
  const key = createLoginKey({
    given: settings.loginKey,
    file: loginKeyFile(machine.environment, userHome),
    keychain: systemKeychain(machine.platform, runCommand),
  });
  return new LoginVault({ home: settings.home, key, newId: machine.clocks.newId });
}

/** Not in the state directory, so that a copy of that directory contains no key. */
function loginKeyFile(environment: Readonly<Record<string, string | undefined>>, userHome: string): string {
  const configHome = environment['XDG_CONFIG_HOME'] || join(userHome, '.config');
  return join(configHome, 'escarp', 'login-key');
}
