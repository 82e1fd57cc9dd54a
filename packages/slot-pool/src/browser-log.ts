import { constants } from 'node:fs/promises';
import { basename } from 'node:path';
import { openAnew, openOwnedFile, renameOwned, truncateOwned } from '@escarp/owned-files';
import { PoolError } from './errors.js';

const tailBytes = 16_384;

/** Chrome writes such lines wherever there is no D-Bus, as on most servers; they never tell why a browser ended. */
const dbusNoise = /:(?:ERROR|WARNING):dbus\//;

/** Starts an empty log and keeps the previous run's as `<log>.previous`, so that a crash can still be read. */
export async function startLog(log: string): Promise<void> {
  await keepPreviousLog(log);
  try {
    await (await openAnew(log)).close();
  } catch (cause) {
    throw new PoolError('state_directory_unusable', `The log ${log} cannot be written.`, {
      details: { log },
      cause,
    });
  }
}

/** Keeps a log under another name, where it can still be read. */
export async function keepPreviousLog(log: string): Promise<void> {
  await renameOwned(log, `${basename(log)}.previous`).catch(() => {});
}

/** The last lines of a browser's log that can explain anything, oldest first; empty when there is no log. */
export async function lastLogLines(log: string, linesMax: number): Promise<string[]> {
  const text = await readTail(log).catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '' && !dbusNoise.test(line));
  return lines.slice(-linesMax);
}

/** Empties a log that has grown past `bytesMax`. The browser appends, so it goes on at the new end. */
export async function boundLog(log: string, bytesMax: number): Promise<void> {
  await truncateOwned(log, { limitBytes: bytesMax }).catch(() => {});
}

async function readTail(log: string): Promise<string> {
  const file = await openOwnedFile(log, constants.O_RDONLY);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
