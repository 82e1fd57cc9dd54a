import * as age from 'age-encryption';
import * as v from 'valibot';
import { LoginError } from '../errors.js';
import { loginFormat, metadataSchema, stateSchema } from '../saved-login.js';
import type { SavedLogin } from '../saved-login.js';

/** A login sealed for the holder of `identity`, an `AGE-SECRET-KEY-1…`. */
export async function sealLogin(login: SavedLogin, identity: string): Promise<Uint8Array> {
  const encrypter = new age.Encrypter();
  encrypter.addRecipient(await age.identityToRecipient(identity));
  return encrypter.encrypt(JSON.stringify({ format: loginFormat, ...login }));
}

/**
 * The login called `name`, from the bytes of its file.
 *
 * @throws LoginError `login_unreadable` for bytes that were changed, cut, sealed with another key or by another version,
 * and for a login that has been put in the place of another.
 */
export async function openSealedLogin(
  sealed: Uint8Array,
  name: string,
  identity: string,
): Promise<SavedLogin> {
  const decrypter = new age.Decrypter();
  decrypter.addIdentity(identity);
  const content = await decrypter.decrypt(sealed, 'text').catch(() => {
    // The library's own words may quote what it read.
    throw unreadable(name, 'is damaged, or was sealed with another key');
  });
  const { format, metadata, state } = parsed(content, name);
  if (format !== loginFormat)
    throw unreadable(name, `has format ${format}, and this escarp reads ${loginFormat}`);
  const described = v.safeParse(metadataSchema, metadata);
  const held = v.safeParse(stateSchema, state);
  if (!described.success || !held.success) throw unreadable(name, 'does not hold what a login holds');
  if (described.output.name !== name) throw unreadable(name, 'is the file of another login');
  return { metadata: described.output, state: held.output };
}

const sealedShape = v.object({
  format: v.pipe(v.number(), v.integer()),
  metadata: v.unknown(),
  state: v.unknown(),
});

function parsed(content: string, name: string): v.InferOutput<typeof sealedShape> {
  try {
    return v.parse(sealedShape, JSON.parse(content));
  } catch {
    throw unreadable(name, 'does not hold what a login holds');
  }
}

function unreadable(name: string, why: string): LoginError {
  return new LoginError('login_unreadable', `The saved login ${name} cannot be opened: it ${why}.`);
}
