import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode, openOwnedFile, OwnedFolder, removeOwned, writeFileAtomically } from '@escarp/owned-files';
import { LoginError } from '../errors.js';
import type { LoginKey } from '../key/login-key.js';
import { checkLoginName } from '../login-name.js';
import type { LoginMetadata, SavedLogin } from '../saved-login.js';
import { readProfile } from '../profile/read-profile.js';
import { writeProfile } from '../profile/write-profile.js';
import { openSealedLogin, sealFullLogin, sealLogin } from './sealed-login.js';
import type { OpenedLogin } from './sealed-login.js';
import { changed, exists, notAFile, tooLarge, unknown } from './vault-errors.js';

/** Where the sealed files are, and what opens them. */
export interface VaultOptions {
  /** The state directory. */
  readonly home: string;
  readonly key: LoginKey;
  readonly newId: () => string;
}

/** A login whose file cannot be opened. */
export interface UnreadableLogin {
  readonly name: string;
  readonly problem: string;
}

/** At most so many bytes has the sealed file of a login. */
const sealedBytesMax = 128_000_000;

const extension = '.age';
/** Of what `writeFileAtomically` has not finished. */
const draftExtension = '.tmp';

/**
 * The saved logins of a state directory: one sealed file for each, readable by its owner alone and replaced in one step.
 * Nothing of a login is ever written unsealed. Methods that take a name reject with `bad_request` for one that no login can
 * have, with `login_key_missing` when there is no key, and with the system's errors.
 */
export class LoginVault {
  readonly #options: VaultOptions;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: VaultOptions) {
    this.#options = options;
  }

  /** The names of all saved logins, in order. Needs no key. */
  async names(): Promise<string[]> {
    const names: string[] = [];
    const folder = await OwnedFolder.open(this.#folder).catch(noneThere);
    if (folder === undefined) return names;
    try {
      for await (const entry of folder.names()) {
        const name = nameOfFile(entry.toString('utf8'));
        if (name !== undefined) names.push(name);
      }
    } finally {
      await folder.close();
    }
    return names.toSorted();
  }

  /** What is known of every login; those that cannot be opened apart. */
  async list(): Promise<{ logins: LoginMetadata[]; unreadable: UnreadableLogin[] }> {
    const logins: LoginMetadata[] = [];
    const unreadable: UnreadableLogin[] = [];
    for (const name of await this.names()) {
      try {
        logins.push((await this.open(name)).metadata);
      } catch (error) {
        if (!(error instanceof LoginError)) throw error;
        if (error.code === 'login_key_missing') throw error;
        if (error.code !== 'login_unknown') unreadable.push({ name, problem: error.message });
      }
    }
    return { logins, unreadable };
  }

  /** @throws LoginError `login_unknown`, or `login_unreadable` for a file that is not what was sealed. */
  async open(name: string): Promise<SavedLogin> {
    return this.#using(name, async ({ login }) => login);
  }

  /**
   * Puts the profile of a full login in the place of what the browser profile at `folder` has, which nothing may use. After an
   * error that profile must be thrown away.
   *
   * @throws LoginError `login_changed` when the login has another version than `version` by now, and as `open`.
   */
  async unpackProfile(name: string, version: number, folder: string): Promise<void> {
    await this.#using(name, async ({ login, profile }) => {
      if (login.metadata.version !== version) throw changed(name);
      await writeProfile(profile, folder);
    });
  }

  /** The bytes of a login's file. Rejects with `login_unknown`. */
  async sealed(name: string): Promise<Uint8Array> {
    const file = await this.#openFile(name);
    return file.readFile().finally(() => file.close());
  }

  /**
   * Writes a login in the place of version `over`; 0 is for a login that is not there yet. A full login comes with the folder of
   * a browser profile that nothing uses.
   *
   * @throws LoginError `login_changed` when the one that is there has another version, `login_too_large` for more than a file
   * may hold.
   */
  async save(login: SavedLogin, over: number, profileFolder?: string): Promise<void> {
    const name = checkLoginName(login.metadata.name);
    const identity = await this.#key();
    await this.#alone(async () => {
      if ((await this.#versionOf(name)) !== over) throw changed(name);
      const sealed =
        profileFolder === undefined
          ? await sealLogin(login, identity)
          : await sealFullLogin(login, readProfile(profileFolder), identity);
      if ('byteLength' in sealed && sealed.byteLength > sealedBytesMax) throw tooLarge(name);
      await this.#write(name, sealed);
    });
  }

  /**
   * Puts in logins that come from elsewhere, all or none.
   *
   * @throws LoginError `login_exists` when one of the names is taken and they are not to be replaced.
   */
  async adopt(logins: readonly SavedLogin[], { isReplacing }: { isReplacing: boolean }): Promise<void> {
    for (const { metadata } of logins) checkLoginName(metadata.name);
    const identity = await this.#key();
    await this.#alone(async () => {
      const taken = new Set(await this.names());
      const inTheWay = logins.map(({ metadata }) => metadata.name).filter((name) => taken.has(name));
      if (inTheWay.length > 0 && !isReplacing) throw exists(inTheWay.join(', '));
      const sealed: [string, Uint8Array][] = [];
      for (const login of logins) {
        const { name } = login.metadata;
        const version = (await this.#versionOf(name)) + 1;
        const adopted = { ...login, metadata: { ...login.metadata, version } };
        sealed.push([name, await sealLogin(adopted, identity)]);
      }
      await this.#writeAll(sealed);
    });
  }

  /** Gives a login another name. Rejects with `login_unknown`, or `login_exists` when the new one is taken. */
  async rename(name: string, newName: string): Promise<LoginMetadata> {
    checkLoginName(newName);
    return this.#alone(async () => {
      const renamed = await this.#using(name, async ({ login: { metadata, state }, profile }) => {
        if ((await this.names()).includes(newName)) throw exists(newName);
        const login = { metadata: { ...metadata, name: newName }, state };
        const identity = await this.#key();
        const isFull = metadata.form === 'profile';
        await this.#write(
          newName,
          isFull ? await sealFullLogin(login, profile.rest(), identity) : await sealLogin(login, identity),
        );
        return login.metadata;
      });
      await removeOwned(this.#pathOf(name));
      return renamed;
    });
  }

  /** Deletes a login's file; needs no key. Rejects with `login_unknown`. */
  async remove(name: string): Promise<void> {
    const path = this.#pathOf(name);
    await this.#alone(async () => {
      if (!(await this.names()).includes(name)) throw unknown(name);
      await removeOwned(path);
    });
  }

  /**
   * Deletes what a crash left of files that were being written. To be called when this process has not begun to write; an
   * import by another that is under way at that moment fails, and imports nothing.
   */
  async sweep(): Promise<void> {
    const folder = await OwnedFolder.open(this.#folder).catch(noneThere);
    if (folder === undefined) return;
    try {
      for await (const entry of folder.names())
        if (entry.toString('latin1').endsWith(draftExtension)) await folder.unlink(entry);
    } finally {
      await folder.close();
    }
  }

  /** Opens a login's file for as long as `work` takes. */
  async #using<T>(name: string, work: (opened: OpenedLogin) => Promise<T>): Promise<T> {
    const file = await this.#openFile(name);
    try {
      const identity = await this.#options.key.identity({ mayMake: false });
      const opened = await openSealedLogin(file.createReadStream({ autoClose: false }), name, identity);
      return await work(opened).finally(() => opened.profile.close());
    } finally {
      await file.close();
    }
  }

  async #openFile(name: string): Promise<FileHandle> {
    const path = this.#pathOf(name);
    // Without O_NONBLOCK, opening a pipe waits for whoever writes to it.
    const file = await openOwnedFile(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
      (error: unknown) => {
        if (unopenable.some((code) => isCode(error, code))) throw notAFile(name);
        return noneThere(error);
      },
    );
    if (file === undefined) throw unknown(name);
    const found = await file.stat();
    if (found.isFile() && found.size <= sealedBytesMax) return file;
    await file.close();
    throw notAFile(name);
  }

  /** A new key is made only while there is no login that it could not open. */
  async #key(): Promise<string> {
    const mayMake = (await this.names()).length === 0;
    return this.#options.key.identity({ mayMake });
  }

  async #versionOf(name: string): Promise<number> {
    if (!(await this.names()).includes(name)) return 0;
    return (await this.open(name)).metadata.version;
  }

  async #write(name: string, sealed: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const { home, newId } = this.#options;
    await (await OwnedFolder.makeBelow(home, this.#folder)).close();
    await writeFileAtomically(this.#pathOf(name), sealed, newId);
  }

  /** What was there before comes back when one cannot be written. */
  async #writeAll(sealed: readonly (readonly [string, Uint8Array])[]): Promise<void> {
    const before = new Map<string, Uint8Array | undefined>();
    try {
      for (const [name, bytes] of sealed) {
        before.set(name, await this.sealed(name).catch(() => undefined));
        await this.#write(name, bytes);
      }
    } catch (error) {
      for (const [name, bytes] of before)
        await (bytes === undefined ? removeOwned(this.#pathOf(name)) : this.#write(name, bytes)).catch(
          () => {},
        );
      throw error;
    }
  }

  /** No two changes overlap, so that what was compared is still so when it is written. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#writing.then(work);
    this.#writing = result.catch(() => {});
    return result;
  }

  get #folder(): string {
    return join(this.#options.home, 'logins');
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${checkLoginName(name)}${extension}`);
  }
}

/** What the system says of a link, of what is somebody else's, and of a socket. */
const unopenable = ['ELOOP', 'EACCES', 'EPERM', 'ENXIO'];

/** Undefined for drafts that a crash left, and for what somebody else put there. */
function nameOfFile(file: string): string | undefined {
  if (!file.endsWith(extension)) return undefined;
  const name = file.slice(0, -extension.length);
  try {
    return checkLoginName(name);
  } catch {
    return undefined;
  }
}

function noneThere(error: unknown): undefined {
  if (isCode(error, 'ENOENT')) return undefined;
  throw error;
}
