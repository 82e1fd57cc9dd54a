import type { Devtools } from '../devtools.js';
import { textOf } from '../devtools.js';
import type { Passkey } from '../saved-login.js';

/** The authenticator of one tab. */
export class TabAuthenticator {
  readonly #devtools: Devtools;
  readonly #sessionId: string;
  readonly #passkeys: () => readonly Passkey[];
  #id: string | undefined;
  /** What is done to it goes one after the other, and never rejects. */
  #work: Promise<void> = Promise.resolve();
  #keepingUp: Promise<void> | undefined;
  #replacements = 0;

  constructor(devtools: Devtools, sessionId: string, passkeys: () => readonly Passkey[]) {
    this.#devtools = devtools;
    this.#sessionId = sessionId;
    this.#passkeys = passkeys;
  }

  /** Whether a passkey is being replaced, which the browser may tell of as if the site had removed it. */
  get isReplacing(): boolean {
    return this.#replacements > 0;
  }

  /**
   * Sets it up if it is not there. Chrome takes it down when any DevTools client detaches from the tab, also one that has
   * never used it, and tells nobody. Never rejects: the tab may be closed, and whoever uses it may have set up an authenticator
   * of their own.
   */
  keepUp(): Promise<void> {
    this.#keepingUp ??= this.#next(() => this.#setUpIfGone()).finally(() => (this.#keepingUp = undefined));
    return this.#keepingUp;
  }

  /** Puts a passkey in the place of an older state of it. */
  replace(credential: Passkey): void {
    const { credentialId } = credential;
    this.#replacements += 1;
    void this.#next(async () => {
      await this.#send('removeCredential', { credentialId }).catch(() => {});
      await this.#send('addCredential', { credential });
    }).finally(() => (this.#replacements -= 1));
  }

  remove(credentialId: string): void {
    void this.#next(() => this.#send('removeCredential', { credentialId }));
  }

  #next(work: () => Promise<unknown>): Promise<void> {
    this.#work = after(this.#work, work);
    return this.#work;
  }

  async #setUpIfGone(): Promise<void> {
    if (await this.#isThere()) return;
    await this.#devtools.send('WebAuthn.enable', {}, this.#sessionId);
    const added = await this.#devtools.send('WebAuthn.addVirtualAuthenticator', { options }, this.#sessionId);
    this.#id = textOf(added, 'authenticatorId');
    for (const credential of this.#passkeys()) await this.#send('addCredential', { credential });
  }

  async #isThere(): Promise<boolean> {
    if (this.#id === undefined) return false;
    return this.#send('getCredentials').then(
      () => true,
      () => false,
    );
  }

  #send(command: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const identified = { authenticatorId: this.#id, ...params };
    return this.#devtools.send(`WebAuthn.${command}`, identified, this.#sessionId);
  }
}

async function after(former: Promise<void>, work: () => Promise<unknown>): Promise<void> {
  await former;
  try {
    await work();
  } catch {
    // The tab was closed, or has no authenticator at the moment.
  }
}

/** A built-in authenticator that can be found without a user's name, and that confirms by itself who is there. */
const options = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
};
