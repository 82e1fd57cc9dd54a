import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shopLogin } from '@escarp/test-support';
import { onTestFinished } from 'vitest';
import { createLoginKey, LoginVault } from '../src/index.js';
import type { Keychain, LoginKeyOptions, SavedLogin } from '../src/index.js';

/** A secret that must be nowhere but sealed. */
export const canary = 'canary-5f1d9c2e7b';

/** A folder for this test, which the vault and the key file are in; it is gone when the test is over. */
export function vaultFolder(): { home: string; keyFile: string } {
  const root = mkdtempSync(join(tmpdir(), 'escarp-vault-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return { home: root, keyFile: join(root, 'config', 'login-key') };
}

/** A vault in a folder, with its key in a file unless something else is said. */
export function openVault(
  { home, keyFile }: ReturnType<typeof vaultFolder>,
  { given, keychain }: Partial<LoginKeyOptions> = {},
): LoginVault {
  const key = createLoginKey({ given, file: keyFile, keychain });
  return new LoginVault({ home, key, newId: randomUUID });
}

/** A keychain in memory; one that is locked answers nothing. */
export function memoryKeychain(state: { secret: string | null; isLocked?: boolean }): Keychain {
  return {
    read: async () => (state.isLocked === true ? undefined : state.secret),
    write: async (secret) => {
      if (state.isLocked === true) return false;
      state.secret = secret;
      return true;
    },
  };
}

/** A login that holds the canary in a cookie. */
export function sampleLogin(name: string, version = 1): SavedLogin {
  return {
    metadata: {
      ...shopLogin(),
      name,
      version,
      createdAt: 1_000,
      capturedAt: 2_000,
      maxAgeMs: 60_000,
    },
    state: { cookies: [{ name: 'sid', value: canary }], origins: [], passkeys: [] },
  };
}
