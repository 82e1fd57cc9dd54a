import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeOwned, writeFileAtomically } from '@escarp/owned-files';
import type { ProcessStamp } from './process-stamp.js';

/**
 * What is kept of a slot's display, so that the next daemon finds it again. It stays while the server is replaced,
 * because it also says which number the slot has; a process that has ended proves nothing.
 */
export type DisplayRecord = { slot: number; displayNumber: number; process: ProcessStamp };

/** Where a slot's display keeps its files in the state directory. They are the same for every server of the slot. */
export type DisplayFiles = {
  record: string;
  /** The Xauthority file, which holds the server's cookie. */
  authority: string;
  /** The unix socket on which the server answers VNC. */
  socket: string;
  log: string;
};

export function displayFiles(home: string, slot: number): DisplayFiles {
  const run = (suffix: string) => join(home, 'run', `display-${slot}.${suffix}`);
  return {
    record: run('json'),
    authority: run('xauth'),
    socket: run('sock'),
    log: join(home, 'logs', `display-${slot}.log`),
  };
}

/** Null when there is no record or it cannot be understood. */
export async function readDisplayRecord(path: string): Promise<DisplayRecord | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isDisplayRecord(value) ? value : null;
  } catch {
    return null;
  }
}

export async function writeDisplayRecord(path: string, record: DisplayRecord): Promise<void> {
  const text = `${JSON.stringify(record)}\n`;
  if (!isDisplayRecord(JSON.parse(text))) throw new Error(`${path} would not be readable: ${text}`);
  await writeFileAtomically(path, text);
}

/** Whether the slot may have a server: its cookie is in its file from before it starts until it has ended. */
export async function hasDisplayFiles({ record, authority, socket }: DisplayFiles): Promise<boolean> {
  const found = await Promise.all([record, authority, socket].map(isThere));
  return found.includes(true);
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** The log stays: it is read after something went wrong. */
export async function removeDisplayFiles(files: DisplayFiles): Promise<void> {
  await Promise.all([removeOwned(files.record), removeAccess(files)]);
}

/** Takes away what opens a display: its cookie and its VNC socket. The server must have ended. */
export async function removeAccess({ authority, socket }: DisplayFiles): Promise<void> {
  await Promise.all([removeOwned(authority), removeOwned(socket)]);
}

function isDisplayRecord(value: unknown): value is DisplayRecord {
  if (!isObject(value) || !isObject(value['process'])) return false;
  const { slot, displayNumber, process } = value;
  const numbers = [slot, displayNumber, process['pid'], process['startTicks']];
  return numbers.every((number) => Number.isSafeInteger(number)) && typeof process['bootId'] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
