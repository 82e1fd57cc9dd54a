import { shopLogin } from '@escarp/test-support';
import type { DaemonOptions } from '../src/daemon.js';

export type SavedLogin = Parameters<DaemonOptions['vault']['save']>[0];

/** The login `shop`, as a person saved it just now: one cookie with this value. */
export function savedLogin(secret: string, more: Partial<SavedLogin['metadata']> = {}): SavedLogin {
  const now = Date.now();
  return {
    metadata: {
      ...shopLogin(),
      name: 'shop',
      version: 1,
      createdAt: now,
      capturedAt: now,
      maxAgeMs: 3_600_000,
      ...more,
    },
    state: {
      cookies: [{ name: 'sid', value: secret, domain: 'shop.example', path: '/' }],
      origins: [],
      passkeys: [],
    },
  };
}
