import type { NotHeld, Passkey, PasskeySummary } from '../saved-login.js';
import { isSentTo } from './web-origin.js';

/** The passkeys that the given origins can ask for, all if null, and the sites of the others. */
export function keptPasskeys(
  passkeys: readonly Passkey[],
  limitedTo: readonly string[] | null,
): { kept: Passkey[]; notHeld: NotHeld[] } {
  const isKept = ({ rpId }: Passkey): boolean =>
    limitedTo === null || limitedTo.some((origin) => isSentTo(`.${rpId}`, origin));
  const others = passkeys.filter((passkey) => !isKept(passkey));
  const notHeld = others.map(({ rpId }) => ({
    origin: null,
    what: 'passkey of another site',
    detail: rpId,
  }));
  return { kept: passkeys.filter(isKept), notHeld };
}

/**
 * Passkeys as they are given to a browser at `nowMs`, in epoch milliseconds. A site may refuse a signature counter that is not
 * higher than the last one it saw (WebAuthn, section 6.1.1), which a holder may have raised without saving it. The time in
 * seconds is higher: an authenticator may raise its counter by any number.
 */
export function withRisenCounters(passkeys: readonly Passkey[], nowMs: number): Passkey[] {
  const now = Math.min(Math.floor(nowMs / 1_000), counterMax);
  return passkeys.map((passkey) => ({ ...passkey, signCount: Math.max(passkey.signCount, now) }));
}

/** DevTools takes no higher one. */
const counterMax = 2 ** 31 - 2;

/** What can be told of a passkey to those who may not have it. */
export function passkeySummary({ rpId, userName, isResidentCredential }: Passkey): PasskeySummary {
  return { site: rpId, userName: userName ?? null, isDiscoverable: isResidentCredential };
}
