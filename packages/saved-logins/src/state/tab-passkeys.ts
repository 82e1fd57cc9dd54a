import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import type { BrowserRecord, Devtools } from '../devtools.js';
import { textOf } from '../devtools.js';
import { passkeySchema } from '../saved-login.js';
import type { Passkey } from '../saved-login.js';
import { TabAuthenticator } from './tab-authenticator.js';

/**
 * Gives every tab of a browser, now and later, an authenticator that has these passkeys, in place of whatever the computer
 * has. Chrome keeps such authenticators apart for each tab, and for as long as the connection that made them: so the
 * connection must be nobody else's, and stay open while passkeys are needed. What happens to a passkey in one tab is passed on
 * to the others, so that their signature counters never fall behind what the site has seen.
 */
export class TabPasskeys {
  readonly #devtools: Devtools;
  readonly #passkeys = new Map<string, Passkey>();
  readonly #tabs = new Map<string, TabAuthenticator>();

  private constructor(devtools: Devtools, passkeys: readonly Passkey[]) {
    this.#devtools = devtools;
    for (const passkey of passkeys) this.#passkeys.set(passkey.credentialId, passkey);
  }

  /** Resolves when the tabs that are open have the passkeys. */
  static async begin(devtools: Devtools, passkeys: readonly Passkey[]): Promise<TabPasskeys> {
    const passkeysOfTabs = new TabPasskeys(devtools, passkeys);
    await passkeysOfTabs.#attach();
    void passkeysOfTabs.#keepUp();
    return passkeysOfTabs;
  }

  /** The passkeys as they are now, those that sites have made since included. */
  current(): Passkey[] {
    return [...this.#passkeys.values()];
  }

  async #attach(): Promise<void> {
    const equipping = new Set<Promise<void>>();
    this.#devtools.onEvent((method, params, sessionId) => {
      const tab = this.#tabs.get(sessionId ?? '');
      if (method === 'Target.attachedToTarget') {
        const equipped = this.#equip(textOf(params, 'sessionId')).finally(() => equipping.delete(equipped));
        equipping.add(equipped);
      } else if (method === 'Target.detachedFromTarget') this.#tabs.delete(textOf(params, 'sessionId'));
      else if (tab !== undefined) this.#follow(method, params, tab);
    });
    // A tab waits for its authenticator, because a page may ask for a passkey as soon as it runs.
    await this.#devtools.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: true,
      flatten: true,
      filter: [{ type: 'page' }],
    });
    await Promise.all(equipping);
  }

  async #equip(sessionId: string): Promise<void> {
    const tab = new TabAuthenticator(this.#devtools, sessionId, () => this.current());
    this.#tabs.set(sessionId, tab);
    try {
      await this.#devtools.send('Page.enable', {}, sessionId);
      await tab.keepUp();
    } catch {
      // The tab was closed.
    } finally {
      await this.#devtools.send('Runtime.runIfWaitingForDebugger', {}, sessionId).catch(() => {});
    }
  }

  /** Nothing tells that an authenticator is gone: see `TabAuthenticator.keepUp`. */
  async #keepUp(): Promise<void> {
    const over = new AbortController();
    void this.#devtools.closed.then(() => over.abort());
    while (!over.signal.aborted) {
      await pause(lookMs, undefined, { ref: false });
      await Promise.all(Array.from(this.#tabs.values(), (tab) => tab.keepUp()));
    }
  }

  #follow(method: string, params: BrowserRecord, tab: TabAuthenticator): void {
    if (begins.has(method)) void tab.keepUp();
    else if (method === 'WebAuthn.credentialDeleted') this.#forget(textOf(params, 'credentialId'), tab);
    else if (changes.has(method)) this.#remember(params['credential'], tab);
  }

  #remember(credential: unknown, from: TabAuthenticator): void {
    const read = v.safeParse(passkeySchema, credential);
    if (!read.success) return;
    const passkey = read.output;
    this.#passkeys.set(passkey.credentialId, passkey);
    for (const tab of this.#tabs.values()) if (tab !== from) tab.replace(passkey);
  }

  #forget(credentialId: string, from: TabAuthenticator): void {
    if (from.isReplacing) return;
    this.#passkeys.delete(credentialId);
    for (const tab of this.#tabs.values()) if (tab !== from) tab.remove(credentialId);
  }
}

const lookMs = 250;

/** A page is about to come that may ask for a passkey. */
const begins = new Set(['Page.frameStartedNavigating', 'Page.frameStartedLoading']);

const changes = new Set([
  'WebAuthn.credentialAdded',
  'WebAuthn.credentialAsserted',
  'WebAuthn.credentialUpdated',
]);
