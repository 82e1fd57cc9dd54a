import { describe, expect, test } from 'vitest';
import type { Passkey } from '../src/index.js';
import { TabAuthenticator } from '../src/state/tab-authenticator.js';
import { fakeDevtools } from './fake-devtools.js';

describe('the authenticator of a tab', () => {
  test('replaces one state of a passkey after the other, so that the last one stays', async () => {
    const held = new Map<unknown, unknown>();
    const devtools = fakeDevtools({
      'WebAuthn.addVirtualAuthenticator': () => ({ authenticatorId: 'authenticator' }),
      'WebAuthn.removeCredential': async ({ credentialId }) => {
        held.delete(credentialId);
        return {};
      },
      // As Chrome does with one that it has.
      'WebAuthn.addCredential': async ({ credential }) => {
        const { credentialId, signCount } = credential as Passkey;
        if (held.has(credentialId)) throw new Error('The authenticator has it already.');
        held.set(credentialId, signCount);
        return {};
      },
    });
    const tab = new TabAuthenticator(devtools, 'session', () => [passkey(1)]);
    const setUp = tab.keepUp();
    tab.replace(passkey(2));
    tab.replace(passkey(3));
    expect(tab.isReplacing).toBe(true);
    await setUp;
    await expect.poll(() => tab.isReplacing).toBe(false);
    expect([...held]).toEqual([['key', 3]]);
  });
});

function passkey(signCount: number): Passkey {
  return { credentialId: 'key', rpId: 'shop.example', isResidentCredential: true, signCount };
}
