import { lstat } from 'node:fs/promises';
import { removeOwned } from '@escarp/owned-files';
import type { Settings } from '../settings.js';
import { readOrMakeSecret, type StateDirectory } from '../state-directory/state-directory.js';
import type { Installation } from './installation.js';

/**
 * The settings with the token that callers must show. True makes one in the state directory, false deletes it; without
 * either, an existing one stays in force. A token from the environment is used as it is.
 */
export async function withApiToken(
  { machine, settings }: Installation,
  directory: StateDirectory,
  requireToken: boolean | undefined,
): Promise<Settings> {
  if (requireToken === false) await removeOwned(directory.apiToken);
  if (settings.apiToken !== undefined) return settings;
  if (requireToken !== true && (requireToken === false || !(await isThere(directory.apiToken))))
    return settings;
  const make = (): string => Buffer.from(machine.clocks.randomBytes(32)).toString('base64url');
  return { ...settings, apiToken: await readOrMakeSecret(directory.apiToken, make) };
}

/** A link counts too: reading it is then refused, whereas an open pool would go unnoticed. */
function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
