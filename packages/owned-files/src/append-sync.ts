import { closeSync, constants, fstatSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isCode } from './error-code.js';

const folderItself = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const appending =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Appends to a log, for its owner alone. One that has grown past `bytesMax` makes way first, as `<name>.1`; what is a link
 * or has a second name elsewhere is not written to and makes way too. Throws the system's errors.
 */
export function appendOwnedSync(path: string, text: string, bytesMax: number): void {
  const folder = openSync(dirname(path), folderItself);
  try {
    const log = `${process.platform === 'linux' ? `/proc/self/fd/${folder}` : dirname(path)}/${basename(path)}`;
    const file = openFit(log, bytesMax);
    try {
      writeSync(file, text);
    } finally {
      closeSync(file);
    }
  } finally {
    closeSync(folder);
  }
}

function openFit(log: string, bytesMax: number): number {
  const file = tryOpen(log);
  const { size, nlink } = fstatSync(file);
  if (size <= bytesMax && nlink === 1) return file;
  closeSync(file);
  if (nlink === 1) renameSync(log, `${log}.1`);
  else unlinkSync(log);
  return openSync(log, appending, 0o600);
}

function tryOpen(log: string): number {
  try {
    return openSync(log, appending, 0o600);
  } catch (error) {
    if (!isCode(error, 'ELOOP')) throw error;
    unlinkSync(log);
    return openSync(log, appending, 0o600);
  }
}
