import type { LoginMetadata, LoginVault } from '@escarp/saved-logins';
import { describe, expect, test } from 'vitest';
import { SavedLogins } from '../../src/logins/saved-logins.js';

describe('a saved login, as the daemon knows it', () => {
  test('is signed in for by one person at a time, who can say that it is done', async () => {
    const logins = openLogins();
    const { done, end } = logins.beginSignIn('shop');
    expect(() => logins.beginSignIn('shop')).toThrow(expect.objectContaining({ code: 'login_in_use' }));
    expect(logins.sayDone('shop')).toBe(true);
    await done;
    end();
    expect(logins.sayDone('shop')).toBe(false);
    logins.beginSignIn('shop').end();
  });

  test('is still signed out under another name', async () => {
    const logins = openLogins();
    logins.foundSignedOut(shop);
    expect(await logins.rename('shop', 'market')).toMatchObject({ name: 'market', status: 'needs_login' });
    expect(logins.view(shop)).toMatchObject({ name: 'shop', status: 'ready' });
  });
});

const shop = {
  name: 'shop',
  version: 1,
  createdAt: 0,
  maxAgeMs: 60_000,
  access: { mode: 'exclusive' },
} as LoginMetadata;

function openLogins(): SavedLogins {
  const rename = async (_: string, name: string) => ({ ...shop, name });
  return new SavedLogins({ rename } as unknown as LoginVault, () => 1_000);
}
