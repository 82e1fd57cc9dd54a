import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import type { Stanza } from 'age-encryption';
import { loadAge } from '../age.js';
import { LoginError } from '../errors.js';

// The scrypt stanza of https://age-encryption.org/v1. The library's own derives the key on the event loop, which stops
// the daemon for seconds; Node's does it on a thread.
const label = 'age-encryption.org/v1/scrypt';
const stanzaType = 'scrypt';
const usualLogN = 18;
/** What others may ask for: it takes 2 GB. */
const logNMax = 21;
const saltBytes = 16;
const tagBytes = 16;
const noNonce = Buffer.alloc(12);

const charsMin = 12;

/** Refuses, with `bad_request`, a passphrase that is guessed in no time. */
export function checkPassphrase(passphrase: string): string {
  if (passphrase.length >= charsMin) return passphrase;
  throw new LoginError('bad_request', `A passphrase has at least ${charsMin} characters.`, {
    hint: 'Use several words at random.',
  });
}

/**
 * Bytes in age format that `age --decrypt` opens with the same passphrase. Takes about a second, on a thread. `logN` is how
 * hard guessing is made, each step twice as hard.
 */
export async function sealWithPassphrase(
  content: string,
  passphrase: string,
  logN = usualLogN,
): Promise<Uint8Array> {
  const age = await loadAge();
  const encrypter = new age.Encrypter();
  encrypter.addRecipient({ wrapFileKey: async (fileKey) => [await wrapped(fileKey, passphrase, logN)] });
  return encrypter.encrypt(content);
}

/** What was sealed with a passphrase; undefined when it was another one, or the bytes have been changed. */
export async function openWithPassphrase(
  sealed: Uint8Array,
  passphrase: string,
): Promise<string | undefined> {
  const age = await loadAge();
  const decrypter = new age.Decrypter();
  decrypter.addIdentity({ unwrapFileKey: (stanzas) => unwrapped(stanzas, passphrase) });
  return decrypter.decrypt(sealed, 'text').catch(() => undefined);
}

async function wrapped(fileKey: Uint8Array, passphrase: string, logN: number): Promise<Stanza> {
  const salt = randomBytes(saltBytes);
  const cipher = createCipheriv('chacha20-poly1305', await keyOf(passphrase, salt, logN), noNonce, {
    authTagLength: tagBytes,
  });
  const age = await loadAge();
  const body = Buffer.concat([cipher.update(fileKey), cipher.final()]);
  return new age.Stanza([stanzaType, base64(salt), String(logN)], Buffer.concat([body, cipher.getAuthTag()]));
}

/** Null, as the library asks for, where this is no stanza for this passphrase. */
async function unwrapped(stanzas: Stanza[], passphrase: string): Promise<Uint8Array | null> {
  const [stanza] = stanzas;
  if (stanza === undefined || stanzas.length !== 1) return null;
  const [type, salt = '', factor = ''] = stanza.args;
  if (type !== stanzaType || !/^[1-9]\d?$/.test(factor) || Number(factor) > logNMax) return null;
  const { body } = stanza;
  const key = await keyOf(passphrase, Buffer.from(salt, 'base64'), Number(factor));
  const decipher = createDecipheriv('chacha20-poly1305', key, noNonce, { authTagLength: tagBytes });
  decipher.setAuthTag(body.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(body.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    return null;
  }
}

function keyOf(passphrase: string, salt: Uint8Array, factor: number): Promise<Buffer> {
  const N = 2 ** factor;
  const options = { N, r: 8, p: 1, maxmem: 256 * N * 8 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.concat([Buffer.from(label), salt]), 32, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
