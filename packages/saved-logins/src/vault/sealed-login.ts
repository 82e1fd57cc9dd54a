import type { Encrypter } from 'age-encryption';
import * as v from 'valibot';
import { loadAge } from '../age.js';
import { LoginError } from '../errors.js';
import { ByteReader } from '../profile/byte-reader.js';
import { loginFormat, metadataSchema, stateSchema } from '../saved-login.js';
import type { SavedLogin } from '../saved-login.js';

/** What is encrypted is JSON of at most so many bytes, and for a full login a line feed and its profile after that. */
const describedBytesMax = 128_000_000;

/** A login, and what follows it in its file: the profile of a full one. */
export interface OpenedLogin {
  readonly login: SavedLogin;
  readonly profile: ByteReader;
}

/** A login sealed for the holder of `identity`, an `AGE-SECRET-KEY-1…`. */
export async function sealLogin(login: SavedLogin, identity: string): Promise<Uint8Array> {
  return (await encrypterFor(identity)).encrypt(JSON.stringify({ format: loginFormat, ...login }));
}

/** As `sealLogin`, for a full login with its profile, piece by piece as it is read. */
export async function sealFullLogin(
  login: SavedLogin,
  profile: AsyncIterable<Uint8Array>,
  identity: string,
): Promise<AsyncIterable<Uint8Array>> {
  const content = followedBy(`${JSON.stringify({ format: loginFormat, ...login })}\n`, profile);
  return (await encrypterFor(identity)).encrypt(streamOf(content));
}

/**
 * The login called `name`, from the bytes of its file. A full one's profile may be read after that, and the reader must be
 * closed; what is wrong with it is found out by then.
 *
 * @throws LoginError `login_unreadable` for bytes that were changed, cut, sealed with another key or by another version,
 * and for a login that has been put in the place of another.
 */
export async function openSealedLogin(
  sealed: AsyncIterable<Uint8Array>,
  name: string,
  identity: string,
): Promise<OpenedLogin> {
  const malformed = (): LoginError => unreadable(name, 'does not hold what a login holds');
  const profile = new ByteReader(decrypted(sealed, name, identity), malformed);
  try {
    const login = loginOf(await profile.line(describedBytesMax), name);
    if (login.metadata.form === 'state' && !(await profile.isAtEnd())) throw malformed();
    return { login, profile };
  } catch (error) {
    await profile.close();
    throw error;
  }
}

async function encrypterFor(identity: string): Promise<Encrypter> {
  const age = await loadAge();
  const encrypter = new age.Encrypter();
  encrypter.addRecipient(await age.identityToRecipient(identity));
  return encrypter;
}

async function* followedBy(text: string, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
  yield* rest;
}

async function* decrypted(
  sealed: AsyncIterable<Uint8Array>,
  name: string,
  identity: string,
): AsyncGenerator<Uint8Array> {
  const age = await loadAge();
  const decrypter = new age.Decrypter();
  decrypter.addIdentity(identity);
  try {
    yield* await decrypter.decrypt(streamOf(sealed));
  } catch {
    // The library's own words may quote what it read.
    throw unreadable(name, 'is damaged, or was sealed with another key');
  }
}

function streamOf(content: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = content[Symbol.asyncIterator]();
  return new ReadableStream({
    pull: async (controller) => {
      const { value, done } = await pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void (await pieces.return?.()),
  });
}

function loginOf(content: string, name: string): SavedLogin {
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
