import * as v from 'valibot';
import { LoginError } from '../errors.js';
import { checkPassphrase, openWithPassphrase, sealWithPassphrase } from '../key/passphrase.js';
import { checkLoginName } from '../login-name.js';
import { metadataSchema, stateSchema } from '../saved-login.js';
import type { SavedLogin } from '../saved-login.js';

/** At most so many bytes has an archive that is read. */
export const archiveBytesMax = 256_000_000;
const loginsMax = 1_000;
const archiveFormat = 1;

/**
 * Logins sealed with a passphrase, to be taken to another machine. One sealed document, in which logins have names and no
 * paths, nothing is a link, and nothing is compressed. `logN` is how hard guessing the passphrase is made, 18 if not said.
 *
 * @throws LoginError `bad_request` for a full login: a browser's profile is of little use to the browser of another machine.
 */
export async function packLogins(
  logins: readonly SavedLogin[],
  passphrase: string,
  logN?: number,
): Promise<Uint8Array> {
  const full = logins.find(({ metadata }) => metadata.form === 'profile');
  if (full !== undefined) throw notExported(full.metadata.name);
  const content = JSON.stringify({ archive: archiveFormat, logins });
  return sealWithPassphrase(content, checkPassphrase(passphrase), logN);
}

/**
 * The logins of an archive, each checked.
 *
 * @throws LoginError `login_archive_refused` for a wrong passphrase, and when anything in it is not as `packLogins` made it.
 */
export async function unpackLogins(archive: Uint8Array, passphrase: string): Promise<SavedLogin[]> {
  if (archive.byteLength > archiveBytesMax) throw refused(`is larger than ${archiveBytesMax} bytes`);
  const content = await openWithPassphrase(archive, passphrase);
  if (content === undefined) throw refused('is damaged, or has another passphrase');
  const read = v.safeParse(archiveSchema, jsonOf(content));
  if (!read.success) throw refused('does not hold what an archive of logins holds');
  const { logins } = read.output;
  for (const { metadata } of logins) checkName(metadata.name);
  if (logins.some(({ metadata }) => metadata.form !== 'state')) throw refused('has a full login in it');
  if (new Set(logins.map(({ metadata }) => metadata.name)).size < logins.length)
    throw refused('has two logins of one name');
  return logins;
}

const archiveSchema = v.object({
  archive: v.literal(archiveFormat),
  logins: v.pipe(v.array(v.object({ metadata: metadataSchema, state: stateSchema })), v.maxLength(loginsMax)),
});

function checkName(name: string): void {
  try {
    checkLoginName(name);
  } catch (cause) {
    throw refused('has a login with a name that none can have', cause);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notExported(name: string): LoginError {
  return new LoginError('bad_request', `${name} is a full login, which cannot be exported.`, {
    hint: 'Sign in on the other machine, or save it without --full.',
  });
}

function refused(why: string, cause?: unknown): LoginError {
  return new LoginError('login_archive_refused', `This archive ${why}; nothing was imported.`, { cause });
}
