import { access, constants, stat } from 'node:fs/promises';
import { systemReason } from '@escarp/owned-files';

/** Why the program that ESCARP_ASK_COMMAND names cannot be run, in one sentence; undefined if nothing speaks against it. */
export async function askCommandFault(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    await access(path, constants.X_OK);
    if ((await stat(path)).isFile()) return undefined;
    return `ESCARP_ASK_COMMAND is ${path}, which is not a program.`;
  } catch (error) {
    return `ESCARP_ASK_COMMAND is ${path}, which cannot be run: ${systemReason(error)}.`;
  }
}
