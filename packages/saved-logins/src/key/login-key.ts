import { loadAge } from '../age.js';
import { LoginError } from '../errors.js';
import { makeKeyFile, readKeyFile } from './key-file.js';
import { checkPassphrase, openWithPassphrase, sealWithPassphrase } from './passphrase.js';
import type { Keychain } from './system-keychain.js';

/** Where the key of the saved logins may come from. */
export interface LoginKeyOptions {
  /** What ESCARP_LOGIN_KEY says: an age identity, or the passphrase that the key file is sealed with. */
  readonly given: string | undefined;
  /** The key file, which must not be in the folder of the logins. One that is sealed has `.age` after its name. */
  readonly file: string;
  /** The system's keychain, where there may be one. */
  readonly keychain: Keychain | undefined;
}

/** Where the key is kept, for people who ask. */
export type KeyPlace = 'environment' | 'sealed key file' | 'keychain' | 'key file';

/** The key that opens the saved logins of this user. */
export interface LoginKey {
  /**
   * The age identity. It is looked for until it was found once. `mayMake` allows to make one where there is none.
   *
   * @throws LoginError `login_key_missing` when there is no key, or it cannot be used.
   */
  readonly identity: (options: { readonly mayMake: boolean }) => Promise<string>;
  /** Where it was found; undefined before that. */
  readonly place: () => KeyPlace | undefined;
}

interface FoundKey {
  readonly identity: string;
  readonly place: KeyPlace;
}

/** Looks at nothing until the key is asked for. */
export function createLoginKey(options: LoginKeyOptions): LoginKey {
  let found: FoundKey | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  const look = async (mayMake: boolean): Promise<string> => {
    found ??= await findKey(options, mayMake);
    return found.identity;
  };
  return {
    // One after the other, so that two never make two keys.
    identity: ({ mayMake }) => {
      const result = looking.then(() => look(mayMake));
      looking = result.catch(() => {});
      return result;
    },
    place: () => found?.place,
  };
}

const identityPrefix = 'AGE-SECRET-KEY-1';

async function findKey(options: LoginKeyOptions, mayMake: boolean): Promise<FoundKey> {
  const { given, file, keychain } = options;
  if (given?.startsWith(identityPrefix) === true)
    return { identity: await checked(given, 'ESCARP_LOGIN_KEY'), place: 'environment' };
  if (given !== undefined) return byPassphrase(`${file}.age`, given, mayMake);
  const kept = await keychain?.read();
  if (typeof kept === 'string')
    return { identity: await checked(kept, "The key in the system's keychain"), place: 'keychain' };
  const plain = await readKeyFile(file);
  if (plain !== undefined)
    return { identity: await checked(plain.toString('utf8').trim(), file), place: 'key file' };
  if ((await readKeyFile(`${file}.age`)) !== undefined) throw passphraseMissing(file);
  if (!mayMake) throw keyMissing(file);
  return makeKey(file, kept === null ? keychain : undefined);
}

async function makeKey(file: string, keychain: Keychain | undefined): Promise<FoundKey> {
  const age = await loadAge();
  const identity = await age.generateX25519Identity();
  if ((await keychain?.write(identity)) === true) return { identity, place: 'keychain' };
  if (await makeKeyFile(file, `${identity}\n`)) return { identity, place: 'key file' };
  const others = await readKeyFile(file);
  return { identity: await checked(others?.toString('utf8').trim() ?? '', file), place: 'key file' };
}

async function byPassphrase(file: string, passphrase: string, mayMake: boolean): Promise<FoundKey> {
  checkPassphrase(passphrase);
  const sealed = await readKeyFile(file);
  if (sealed === undefined) return makeSealed(file, passphrase, mayMake);
  const identity = await openWithPassphrase(await unarmored(sealed), passphrase);
  if (identity === undefined) throw wrongPassphrase(file);
  return { identity: await checked(identity, file), place: 'sealed key file' };
}

async function makeSealed(file: string, passphrase: string, mayMake: boolean): Promise<FoundKey> {
  if (!mayMake) throw keyMissing(file);
  const age = await loadAge();
  const identity = await age.generateX25519Identity();
  const sealed = await sealWithPassphrase(identity, passphrase);
  const armored = age.armor.encode(sealed);
  if (await makeKeyFile(file, armored)) return { identity, place: 'sealed key file' };
  return byPassphrase(file, passphrase, false);
}

/** The value is not repeated in the error: it may be a part of a real key. */
async function checked(identity: string, where: string): Promise<string> {
  const age = await loadAge();
  try {
    await age.identityToRecipient(identity);
    return identity;
  } catch {
    throw new LoginError('login_key_missing', `${where} is no age identity.`, {
      hint: 'Put the identity back that the logins were sealed with; it begins with AGE-SECRET-KEY-1.',
    });
  }
}

function keyMissing(file: string): LoginError {
  return new LoginError('login_key_missing', 'There are saved logins, but not the key that opens them.', {
    hint:
      `Unlock the system's keychain, put the key back at ${file}, or set ESCARP_LOGIN_KEY; ` +
      'without the key, remove the logins and sign in again.',
  });
}

function passphraseMissing(file: string): LoginError {
  return new LoginError(
    'login_key_missing',
    `The key of the saved logins, ${file}.age, is sealed with a passphrase.`,
    {
      hint: 'Start the daemon with the passphrase in ESCARP_LOGIN_KEY.',
    },
  );
}

function wrongPassphrase(file: string): LoginError {
  return new LoginError('login_key_missing', `ESCARP_LOGIN_KEY is not the passphrase of ${file}.`, {
    hint: 'Set it to the passphrase that the key was sealed with.',
  });
}

/** Text, so that a person can store it anywhere. */
async function unarmored(sealed: Buffer): Promise<Uint8Array> {
  const age = await loadAge();
  try {
    return age.armor.decode(sealed.toString('utf8'));
  } catch {
    return sealed;
  }
}
