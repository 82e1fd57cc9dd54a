import { constants, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode, makeFileOnce, openOwnedFile } from '@escarp/owned-files';
import { PoolError } from './errors.js';

/**
 * What distinguishes a state directory from another at the same path: an id that was created once and is stored in it,
 * and its device and inode numbers. A copy has the id but not the inode; a new directory in its place has neither. Not
 * a secret.
 */
export async function directoryIdentity(home: string, newId: () => string): Promise<string> {
  try {
    return await withInode(home, (await readId(home)) ?? (await makeId(home, newId)));
  } catch (cause) {
    if (cause instanceof PoolError) throw cause;
    throw unusable(home, cause);
  }
}

/** The identity of the state directory at a path; undefined if there is none that can be read. Creates nothing. */
export async function presentIdentity(home: string): Promise<string | undefined> {
  try {
    const id = await readId(home);
    return id && (await withInode(home, id));
  } catch {
    return undefined;
  }
}

async function withInode(home: string, id: string): Promise<string> {
  const { dev, ino } = await lstat(home);
  return `${id}.${dev}.${ino}`;
}

const fileName = 'instance';
const idPattern = /^[0-9A-Za-z-]{8,64}$/;
const idBytesMax = 1_000;

async function makeId(home: string, newId: () => string): Promise<string> {
  await makeFileOnce(join(home, fileName), `${newId()}\n`);
  const id = await readId(home);
  if (id !== undefined) return id;
  throw unusable(home);
}

async function readId(home: string): Promise<string | undefined> {
  const file = await openOwnedFile(join(home, fileName), constants.O_RDONLY).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    const id = found.isFile() && found.size <= idBytesMax ? (await file.readFile('latin1')).trim() : '';
    if (idPattern.test(id)) return id;
    throw unusable(home);
  } finally {
    await file.close();
  }
}

function unusable(home: string, cause?: unknown): PoolError {
  const file = join(home, fileName);
  const why =
    cause instanceof Error ? `cannot be read or created: ${cause.message}` : 'contains no id; delete it';
  const message = `The file ${file} ${why}.`;
  return new PoolError('state_directory_unusable', message, { details: { home }, cause });
}
