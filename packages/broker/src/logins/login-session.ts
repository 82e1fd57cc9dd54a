import type {
  CapturedState,
  LoginMetadata,
  OriginWatch,
  Passkey,
  SavedLogin,
  VisitedOrigin,
} from '@escarp/saved-logins';
import {
  applyState,
  captureState,
  combinedState,
  showsText,
  TabPasskeys,
  watchOrigins,
} from '@escarp/saved-logins';
import type { DevtoolsConnection } from '@escarp/slot-pool';
import type { SlotDriver } from '../slots/slot-driver.js';

type SessionDriver = Pick<SlotDriver, 'connect' | 'facts'>;

/** A busy machine must not make a login look signed out. */
const checkMs = 30_000;

/**
 * The daemon's own connection to a browser that is, or is to be, signed in. It is kept only as long as something is to be
 * restored, seen, lent or saved there, and ends with the browser.
 */
export class LoginSession {
  readonly devtools: DevtoolsConnection;
  readonly #driver: SessionDriver;
  #watch: OriginWatch | undefined;
  #passkeys: TabPasskeys | undefined;
  #closePasskeys: () => void = () => {};
  #isOpen = true;

  private constructor(driver: SessionDriver, devtools: DevtoolsConnection) {
    this.#driver = driver;
    this.devtools = devtools;
    void devtools.closed.then(() => (this.#isOpen = false));
  }

  static async begin(driver: SessionDriver): Promise<LoginSession> {
    return new LoginSession(driver, await driver.connect());
  }

  /** False when it was closed, or the browser has been replaced. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Notes from now on which origins the browser's tabs visit. */
  async watch(): Promise<OriginWatch> {
    this.#watch ??= await watchOrigins(this.devtools);
    return this.#watch;
  }

  /**
   * Signs the browser in. False when two of the logins hold something for the same origin. `restored` settles when the
   * connection is no longer needed for it.
   */
  async apply(logins: readonly SavedLogin[]): Promise<{ restored: Promise<void> } | undefined> {
    const state = combinedState(logins.map((login) => login.state));
    if (state === undefined) return undefined;
    return applyState(this.devtools, state, this.#driver.facts()?.cdpTargetId ?? null);
  }

  /** Lends the browser's tabs an authenticator with these passkeys, until the session is closed. Rejects if it is. */
  async lendPasskeys(passkeys: readonly Passkey[]): Promise<void> {
    const devtools = await this.#driver.connect();
    this.#closePasskeys = devtools.close;
    if (!this.#isOpen) {
      // The browser may be another holder's by now.
      devtools.close();
      throw new Error('The session was closed.');
    }
    this.#passkeys = await TabPasskeys.begin(devtools, passkeys);
  }

  /** Opens a page in the tab that a person sees first. */
  async open(url: string): Promise<void> {
    const targetId = this.#driver.facts()?.cdpTargetId ?? null;
    if (targetId === null) return void (await this.devtools.send('Target.createTarget', { url }));
    const { sessionId } = await this.devtools.send('Target.attachToTarget', { targetId, flatten: true });
    const session = String(sessionId);
    await this.devtools.send('Page.navigate', { url }, session);
    // Not detached from while the connection lasts, because that would take the tab's passkeys away.
    await this.devtools.send('Page.bringToFront', {}, session);
  }

  /** Whether the browser is signed in, as far as the login says how to see that. Rejects if it ends meanwhile. */
  async isSignedIn({ check }: Pick<LoginMetadata, 'check'>): Promise<boolean> {
    if (check === null || (await showsText(this.devtools, check, checkMs))) return true;
    // That says nothing of the login.
    if (!this.#isOpen) throw new Error('The connection to the browser ended.');
    return false;
  }

  /** What the browser keeps of the origins of a login now; `before` is the login as it was leased, if it was. */
  async capture(
    { form, limitedTo }: Pick<LoginMetadata, 'form' | 'limitedTo'>,
    before: SavedLogin | undefined,
  ): Promise<CapturedState> {
    const seen: VisitedOrigin[] = this.#watch?.visited() ?? [];
    const { metadata, state } = before ?? {};
    const known = (metadata?.origins ?? []).map(({ origin }) => ({ origin, within: null }));
    const visited = [...seen, ...known];
    const ofTabs = state?.origins ?? [];
    const passkeys = this.#passkeys?.current() ?? state?.passkeys ?? [];
    const wanted = { form, visited, limitedTo, ofTabs, passkeys };
    const leaveDialogs = await this.#watch?.dismissDialogs();
    return captureState(this.devtools, wanted).finally(leaveDialogs);
  }

  close(): void {
    this.#isOpen = false;
    this.#closePasskeys();
    this.devtools.close();
  }
}
