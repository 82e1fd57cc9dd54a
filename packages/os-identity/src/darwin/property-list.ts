import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '@escarp/owned-files';
import type { PlistValue } from 'plist';
import { IdentityError } from '../errors.js';

export type PropertyList = { [key: string]: PlistValue };

const BINARY_MAGIC = 'bplist00';

/** Reads an Info.plist, XML or binary. Throws `bundle_clone_failed` when it is neither, or is not a dictionary. */
export async function readPropertyList(path: string): Promise<PropertyList> {
  const { parse, parseBinary } = await import('plist');
  try {
    const content = await readFile(path);
    const binary = content.toString('latin1', 0, BINARY_MAGIC.length) === BINARY_MAGIC;
    const value = binary ? parseBinary(content) : parse(content.toString('utf8'));
    if (isDictionary(value)) return value;
  } catch (thrown) {
    throw new IdentityError('bundle_clone_failed', `${path} cannot be read as a property list.`, {
      cause: thrown,
    });
  }
  throw new IdentityError('bundle_clone_failed', `${path} is not a dictionary.`);
}

/** Always as XML, which macOS reads wherever it reads binary, and a person can read too. */
export async function writePropertyList(path: string, value: PropertyList): Promise<void> {
  const { build } = await import('plist');
  await writeFileAtomically(path, build(value));
}

/** A string of a property list; throws where the key is missing or holds something else. */
export function stringIn(list: PropertyList, key: string): string {
  const value = list[key];
  if (typeof value === 'string' && value !== '') return value;
  throw new IdentityError('bundle_clone_failed', `The application's Info.plist has no ${key}.`);
}

function isDictionary(value: PlistValue): value is PropertyList {
  const leaf = typeof value !== 'object' || value === null;
  return !leaf && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Uint8Array);
}
