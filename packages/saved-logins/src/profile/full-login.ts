import type { LoginMetadata, LoginState, SavedLogin } from '../saved-login.js';

/**
 * A captured login as it is saved together with the profile of the browser: with what a profile does not keep, which is
 * cookies that end with the browser, what tabs keep, and passkeys.
 */
export function besideProfile({ metadata, state }: SavedLogin): SavedLogin {
  return { metadata: withLosses(metadata), state: notOnDisk(state) };
}

/** What a state does not hold, a profile does. Only what is bound to the hardware is in neither. */
function withLosses(metadata: LoginMetadata): LoginMetadata {
  return { ...metadata, notHeld: metadata.notHeld.filter(({ what }) => what === 'device-bound session') };
}

function notOnDisk({ cookies, origins, passkeys }: LoginState): LoginState {
  return {
    cookies: cookies.filter(({ expires }) => expires === undefined),
    origins: origins
      .filter(({ sessionStorage }) => sessionStorage.length > 0)
      .map(({ origin, sessionStorage }) => ({ origin, sessionStorage, localStorage: [], buckets: [] })),
    passkeys,
  };
}
