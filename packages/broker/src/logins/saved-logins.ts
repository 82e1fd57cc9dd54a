import type { LoginMetadata, LoginVault, SavedLogin } from '@escarp/saved-logins';
import type { LoginDetails, LoginView, OperationOutput } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import { withLogins } from './login-error.js';
import { loginDetails, type LoginFindings, loginView, whyNeedsLogin } from './login-views.js';

const nothingFound: LoginFindings = { staleVersion: undefined, updateProblem: undefined };

/** A person who signs in for a login. */
export interface SignIn {
  /** Settles when they say that it is complete. */
  readonly done: Promise<void>;
  readonly end: () => void;
}

/** The saved logins, and what the daemon has found out of them since it started. Rejects with errors of the contract. */
export class SavedLogins {
  readonly vault: LoginVault;
  readonly #wallMs: () => number;
  readonly #findings = new Map<string, LoginFindings>();
  /** Ends the waits of people who sign in, by the name of the login. */
  readonly #signIns = new Map<string, () => void>();

  constructor(vault: LoginVault, wallMs: () => number) {
    this.vault = vault;
    this.#wallMs = wallMs;
  }

  async list(): Promise<OperationOutput<'logins'>> {
    const { logins, unreadable } = await withLogins(() => this.vault.list());
    return { logins: logins.map((metadata) => this.view(metadata)), unreadable: [...unreadable] };
  }

  view(metadata: LoginMetadata): LoginView {
    return loginView(metadata, this.#findingsOf(metadata.name), this.#wallMs());
  }

  async details(name: string): Promise<LoginDetails> {
    const { metadata } = await this.open(name);
    return loginDetails(metadata, this.#findingsOf(name), this.#wallMs());
  }

  open(name: string): Promise<SavedLogin> {
    return withLogins(() => this.vault.open(name));
  }

  /** A login that may be leased. Rejects with `login_stale` for one that needs a person to sign in again. */
  async openReady(name: string): Promise<SavedLogin> {
    const login = await this.open(name);
    const reason = whyNeedsLogin(login.metadata, this.#findingsOf(name), this.#wallMs());
    if (reason !== undefined) throw staleError(name, reason);
    return login;
  }

  async save(login: SavedLogin, over: number, profileFolder?: string): Promise<void> {
    await withLogins(() => this.vault.save(login, over, profileFolder));
    this.#findings.delete(login.metadata.name);
  }

  unpackProfile(name: string, version: number, folder: string): Promise<void> {
    return withLogins(() => this.vault.unpackProfile(name, version, folder));
  }

  async rename(name: string, newName: string): Promise<LoginView> {
    const renamed = await withLogins(() => this.vault.rename(name, newName));
    this.#findings.set(newName, this.#findingsOf(name));
    this.#findings.delete(name);
    return this.view(renamed);
  }

  async remove(name: string): Promise<void> {
    await withLogins(() => this.vault.remove(name));
    this.#findings.delete(name);
  }

  /** Remembers that this version was found to be signed out, and says so as an error of the contract. */
  foundSignedOut({ name, version }: LoginMetadata): OperationError {
    this.#findings.set(name, { ...this.#findingsOf(name), staleVersion: version });
    return staleError(name, 'It was found to be signed out.');
  }

  noteUpdate(name: string, updateProblem: string | undefined): void {
    this.#findings.set(name, { ...this.#findingsOf(name), updateProblem });
  }

  /** Throws `login_in_use` while somebody else signs in for the login. To be ended when the login is saved, or is not. */
  beginSignIn(name: string): SignIn {
    if (this.#signIns.has(name))
      throw new OperationError('login_in_use', { message: 'Somebody is signing in for this login already.' });
    const done = new Promise<void>((resolve) => this.#signIns.set(name, resolve));
    return { done, end: () => void this.#signIns.delete(name) };
  }

  /** False when nobody is signing in for this login. */
  sayDone(name: string): boolean {
    const resolve = this.#signIns.get(name);
    resolve?.();
    return resolve !== undefined;
  }

  #findingsOf(name: string): LoginFindings {
    return this.#findings.get(name) ?? nothingFound;
  }
}

function staleError(name: string, reason: string): OperationError {
  return new OperationError('login_stale', {
    message: `The saved login ${name} needs a person to sign in again. ${reason}`,
    details: { login: name, status: 'needs_login' },
    nextActions: [`Have a person run escarp login ${name} on the machine of the daemon.`],
  });
}
