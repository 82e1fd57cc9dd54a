// oxlint-disable-next-line no-restricted-imports -- these are files of the user's own, at the path they name.
import { lstat, mkdir, open, rm, stat } from 'node:fs/promises';
import { isCode, systemReason, writeFileAtomically } from '@escarp/owned-files';
import { CommandError } from '../command-error.js';
import { printable } from '../print/printable.js';
import { linkTarget } from './link-target.js';

/**
 * Writes a file that the user names, in the place of one that is there.
 *
 * @throws CommandError `file_not_written`, with the reason.
 */
export async function writeOwnFile(path: string, content: string | Uint8Array): Promise<void> {
  await put(path, 'w', 0o666, content).catch((error: unknown) => {
    throw notWritten(path, error);
  });
}

/** Whether what is there may be replaced. */
type Replacing = { readonly isForced: boolean };

/**
 * The same for what may be the only copy of something, readable by its owner alone. A file that is there already is replaced
 * only if that is asked for, and then in one step; a device or a pipe, such as /dev/stdout, is written to.
 *
 * @throws CommandError `file_exists`, or `file_not_written` with the reason; then nothing is left of a new file.
 */
export async function writeNewFile(
  path: string,
  content: string | Uint8Array,
  { isForced }: Replacing,
): Promise<void> {
  await refuseExistingFile(path, { isForced });
  const mode = 0o600;
  try {
    if (await isStream(path)) return await put(path, 'w', mode, content);
    if (!isForced) return await put(path, 'wx', mode, content);
    await writeFileAtomically(await linkTarget(path), content, () => String(process.pid));
  } catch (error) {
    if (isCode(error, 'EEXIST')) throw exists(path);
    throw notWritten(path, error);
  }
}

/**
 * For a command that does something before it writes, such as asking for a passphrase.
 *
 * @throws CommandError `file_exists` if a file or a link is at the path and may not be replaced; `file_not_written` if none
 *   can be there.
 */
export async function refuseExistingFile(path: string, { isForced }: Replacing): Promise<void> {
  if (isForced || (await isStream(path))) return;
  const there = await lstat(path).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw notWritten(path, error);
  });
  if (there?.isDirectory()) throw notWritten(path, undefined, 'it is a folder');
  if (there !== undefined) throw exists(path);
}

/**
 * Makes a folder that the user names, with those above it, unless it is there.
 *
 * @throws CommandError `file_not_written` if something else is there, or it cannot be made.
 */
export async function makeOwnFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw notWritten(path, error, isCode(error, 'EEXIST') ? 'it is a file, not a folder' : undefined);
  });
}

async function isStream(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => !found.isFile() && !found.isDirectory(),
    () => false,
  );
}

async function put(
  path: string,
  flags: 'w' | 'wx',
  mode: number,
  content: string | Uint8Array,
): Promise<void> {
  const file = await open(path, flags, mode);
  try {
    await file.writeFile(content);
  } catch (error) {
    if (flags === 'wx') await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function exists(path: string): CommandError {
  const message = `${printable(path)} exists already.`;
  return new CommandError('file_exists', message, 'Name another file, or replace it with --force.');
}

function notWritten(path: string, error: unknown, reason = reasonOf(error)): CommandError {
  return new CommandError(
    'file_not_written',
    `${printable(path)} cannot be written: ${reason}.`,
    'Check the path, its permissions and the free space, or name another file.',
    error,
  );
}

function reasonOf(error: unknown): string {
  return isCode(error, 'ENOENT') ? 'there is no such folder' : systemReason(error);
}
