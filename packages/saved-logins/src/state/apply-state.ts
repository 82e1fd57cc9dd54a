import type { Devtools } from '../devtools.js';
import type { LoginState } from '../saved-login.js';
import { HiddenPage } from './hidden-page.js';
import { applyExpression, pageSource } from './page-scripts.js';
import { restoreSessionStorage } from './session-storage.js';

/** What goes on after the state has been applied. */
export interface AppliedState {
  /** Settles when what tabs keep has been restored in the first tab; the connection must stay open until then. */
  readonly restored: Promise<void>;
}

/**
 * Puts the states of one or more logins into a clean browser, without a request to anybody. `targetId` is the tab that a
 * holder uses first. Passkeys are not applied by this: see `TabPasskeys`.
 */
export async function applyState(
  devtools: Devtools,
  { cookies, origins }: LoginState,
  targetId: string | null,
): Promise<AppliedState> {
  if (cookies.length > 0) await devtools.send('Storage.setCookies', { cookies });
  const stored = origins.filter(({ localStorage, buckets }) => localStorage.length + buckets.length > 0);
  if (stored.length > 0) {
    await HiddenPage.use(devtools, async (page) => {
      for (const { origin, localStorage, buckets } of stored) {
        await page.visit(origin);
        await page.call(pageSource, applyExpression, { localStorage, buckets }, 100);
      }
    });
  }
  const ofTabs = new Map(
    origins
      .filter(({ sessionStorage }) => sessionStorage.length > 0)
      .map(({ origin, sessionStorage }) => [origin, sessionStorage]),
  );
  if (targetId === null || ofTabs.size === 0) return { restored: Promise.resolve() };
  return restoreSessionStorage(devtools, targetId, ofTabs);
}

/** One state from those of several logins; undefined when two of them hold something for the same origin, cookie or passkey. */
export function combinedState(states: readonly LoginState[]): LoginState | undefined {
  const cookies = states.flatMap((state) => state.cookies);
  const origins = states.flatMap((state) => state.origins);
  const passkeys = states.flatMap((state) => state.passkeys);
  const keys = [
    ...cookies.map(cookieKey),
    ...origins.map(({ origin }) => origin),
    ...passkeys.map(({ credentialId }) => credentialId),
  ];
  return new Set(keys).size === keys.length ? { cookies, origins, passkeys } : undefined;
}

function cookieKey({ name, domain, path, partitionKey }: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([name, domain, path, partitionKey ?? null]);
}
