import { setTimeout as pause } from 'node:timers/promises';
import type { Effect, HeldClaim, Lease } from '@escarp/lease-registry';
import { type SavedLogin, withRisenCounters } from '@escarp/saved-logins';
import type { HeldLogin } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import type { Log } from '../log.js';
import type { SlotDriver } from '../slots/slot-driver.js';
import { applyProfile, saveFrom } from './full-logins.js';
import { LoginSession } from './login-session.js';
import type { SavedLogins } from './saved-logins.js';

export interface LoginSessionsOptions {
  readonly logins: SavedLogins;
  readonly wallMs: () => number;
  readonly log: Log;
  /** Tells the registry that a login has a new version. */
  readonly announce: (login: SavedLogin) => Promise<unknown>;
}

interface SignedIn {
  readonly fence: number;
  readonly held: readonly HeldLogin[];
  /** Present as long as something is to be restored or saved. */
  readonly session: LoginSession;
}

/** A daemon that starts does not wait longer for a browser that hangs. */
const resumeMs = 5_000;
/** A reset has not for ever, and a browser that hangs is ended by it. */
const updateMs = 40_000;

/** Signs browsers in for their holders, and saves a login anew when a lease that may do so is released. */
export class LoginSessions {
  readonly #options: LoginSessionsOptions;
  readonly #signedIn = new Map<string, SignedIn>();
  /** Aborted when the lease ends for which a slot is being signed in, by the key of the slot. */
  readonly #arranging = new Map<string, AbortController>();

  constructor(options: LoginSessionsOptions) {
    this.#options = options;
  }

  /**
   * Signs a slot in that has just been recycled, and that nobody has been told of yet.
   *
   * @throws OperationError `login_stale`, `login_unreadable`, `bad_request` for logins that overlap,
   * `browser_launch_failed`, or `lease_ended`; then the slot must be reset.
   */
  async prepare({ key, fence, claims }: Lease, driver: SlotDriver): Promise<void> {
    const { logins } = this.#options;
    const ended = this.#beginArranging(key);
    const opened: SavedLogin[] = [];
    for (const { name } of claims) opened.push(await logins.openReady(name));
    refuseEnded(ended);
    await applyProfile(driver, logins, opened);
    refuseEnded(ended);
    await inSession(driver, ended, async (session) => {
      if (claims.some(({ mode }) => mode === 'update')) await session.watch();
      const applied = await session.apply(opened);
      if (applied === undefined) throw overlapError(claims);
      const lendsPasskeys = await this.#lendPasskeys(opened, session);
      for (const { metadata } of opened)
        if (!(await session.isSignedIn(metadata))) throw logins.foundSignedOut(metadata);
      refuseEnded(ended);
      this.#signedIn.set(key, { fence, held: opened.map(heldLogin), session });
      if (!lendsPasskeys && claims.every(({ mode }) => mode !== 'update'))
        void applied.restored.then(() => session.close());
    }).catch((error: unknown) => {
      refuseEnded(ended);
      throw error instanceof OperationError ? error : notApplied(error);
    });
  }

  /**
   * Lends a slot again what its holder has had of an earlier daemon, and what ended with that daemon's connection. Never
   * rejects, and gives up soon: the lease goes on without it.
   */
  async resume(lease: Lease, driver: SlotDriver): Promise<void> {
    if (lease.preparing || lease.claims.length === 0) return;
    const over = new AbortController();
    const late = pause(resumeMs, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([late, this.#resume(lease, driver, this.#beginArranging(lease.key))]);
    over.abort();
  }

  /** The logins of a lease, as its holder is told. */
  heldBy({ key, fence, claims }: Lease): readonly HeldLogin[] {
    const known = this.#signedIn.get(key);
    return known?.fence === fence ? known.held : claims.map(heldClaim);
  }

  /**
   * The end of a lease, before its slot is reset. A login is saved anew only if its holder released the lease, it is signed in
   * and nobody else has changed it. Never rejects.
   */
  async end({ key, claims, ended }: Extract<Effect, { type: 'reset' }>, driver: SlotDriver): Promise<void> {
    this.#arranging.get(key)?.abort();
    const known = this.#signedIn.get(key);
    this.#signedIn.delete(key);
    try {
      const claim = claims.find(({ mode }) => mode === 'update');
      if (claim !== undefined && ended?.how === 'released')
        await this.#update(
          claim,
          driver,
          known?.session.isOpen === true ? known.session : await LoginSession.begin(driver),
        );
    } catch (error) {
      this.#options.log.warn('A saved login was not saved anew.', { code: codeOf(error) });
    } finally {
      known?.session.close();
    }
  }

  close(): void {
    for (const arranging of this.#arranging.values()) arranging.abort();
    for (const { session } of this.#signedIn.values()) session.close();
    this.#signedIn.clear();
  }

  #beginArranging(key: string): AbortSignal {
    const arranging = new AbortController();
    this.#arranging.set(key, arranging);
    return arranging.signal;
  }

  async #resume({ key, fence, claims }: Lease, driver: SlotDriver, ended: AbortSignal): Promise<void> {
    try {
      const opened: SavedLogin[] = [];
      for (const { name } of claims) opened.push(await this.#options.logins.open(name));
      if (opened.every(({ state }) => state.passkeys.length === 0)) return;
      refuseEnded(ended);
      await inSession(driver, ended, async (session) => {
        await this.#lendPasskeys(opened, session);
        refuseEnded(ended);
        this.#signedIn.set(key, { fence, held: claims.map(heldClaim), session });
      });
    } catch (error) {
      if (ended.aborted) return;
      this.#options.log.warn('The passkeys of a leased login could not be lent again.', {
        code: codeOf(error),
      });
    }
  }

  /** Whether there are any. They are there as long as the session is. */
  async #lendPasskeys(logins: readonly SavedLogin[], session: LoginSession): Promise<boolean> {
    const passkeys = logins.flatMap(({ state }) => state.passkeys);
    if (passkeys.length > 0) await session.lendPasskeys(withRisenCounters(passkeys, this.#options.wallMs()));
    return passkeys.length > 0;
  }

  async #update({ name, version }: HeldClaim, driver: SlotDriver, session: LoginSession): Promise<void> {
    const { logins } = this.#options;
    // A session that was begun for this alone is nobody else's to close.
    const deadline = setTimeout(() => session.close(), updateMs);
    try {
      const problem = await this.#saveAnew({ name, version }, driver, session);
      logins.noteUpdate(name, problem);
      if (problem !== undefined)
        this.#options.log.warn(`The saved login ${name} was not saved anew: ${problem}`);
    } catch (error) {
      logins.noteUpdate(name, `It could not be read from the browser or written (${codeOf(error)}).`);
      throw error;
    } finally {
      clearTimeout(deadline);
      session.close();
    }
  }

  /** Resolves with why not, if it did not. */
  async #saveAnew(
    { name, version }: Pick<HeldClaim, 'name' | 'version'>,
    driver: SlotDriver,
    session: LoginSession,
  ): Promise<string | undefined> {
    const { logins, wallMs, announce } = this.#options;
    const before = await logins.open(name);
    const { metadata } = before;
    if (metadata.version !== version) return 'It had been changed since it was leased.';
    if (!(await session.isSignedIn(metadata))) return 'It was signed out when the lease was released.';
    const { state, ...told } = await session.capture(metadata, before);
    const login = { metadata: { ...metadata, ...told, version: version + 1, capturedAt: wallMs() }, state };
    await saveFrom(driver, logins, login, { over: version, isNeeded: () => false });
    await announce(login);
    return undefined;
  }
}

/**
 * Does `work` in a session with the slot's browser, which stays open after it. When it fails, or the lease ends meanwhile, the
 * session is closed: from then on the browser may be another holder's.
 */
async function inSession(
  driver: SlotDriver,
  ended: AbortSignal,
  work: (session: LoginSession) => Promise<void>,
): Promise<void> {
  const session = await LoginSession.begin(driver);
  const close = (): void => session.close();
  ended.addEventListener('abort', close, { once: true });
  try {
    refuseEnded(ended);
    await work(session);
  } catch (error) {
    session.close();
    throw error;
  } finally {
    ended.removeEventListener('abort', close);
  }
}

function refuseEnded(ended: AbortSignal): void {
  if (ended.aborted) throw new OperationError('lease_ended');
}

function heldClaim({ name, version }: HeldClaim): HeldLogin {
  return { name, version, state: 'applied' };
}

function heldLogin({ metadata }: SavedLogin): HeldLogin {
  const { name, version, check } = metadata;
  return { name, version, state: check === null ? 'applied' : 'checked' };
}

function overlapError(claims: readonly HeldClaim[]): OperationError {
  const names = claims.map(({ name }) => name).join(' and ');
  return new OperationError('bad_request', {
    message: `The logins ${names} hold something for the same origin, and a browser can be signed in there once.`,
    hint: 'Acquire them in leases of their own.',
    details: { field: 'login' },
  });
}

/** Of whatever else the browser fails at: the connection to it, and what was asked of it. */
function notApplied(cause: unknown): OperationError {
  return new OperationError('browser_launch_failed', { message: 'The login could not be applied.', cause });
}

/** The code alone: a message may quote what a browser keeps. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'internal';
}
