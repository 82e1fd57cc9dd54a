import type { SavedLogin } from '@escarp/saved-logins';
import { OperationError } from '@escarp/transport';
import { describe, expect, test, vi } from 'vitest';
import { saveFrom } from '../../src/logins/full-logins.js';
import type { SlotDriver } from '../../src/slots/slot-driver.js';
import type { SavedLogins } from '../../src/logins/saved-logins.js';

describe('a full login that cannot be saved', () => {
  const tooLarge = new OperationError('login_too_large');

  test.each([
    ['leaves whoever signed in a browser', true, 1],
    ['does not start one for a lease that is over', false, 0],
  ])('%s', async (_what, isNeeded, relaunches) => {
    const relaunch = vi.fn<SlotDriver['relaunch']>(async () => {
      throw new Error('It cannot be started.');
    });
    const driver = { withProfile: (work: (profile: string) => Promise<void>) => work('/profile'), relaunch };
    const saving = saveFrom(driver, failing(tooLarge), fullLogin(), { over: 0, isNeeded: () => isNeeded });
    await expect(saving).rejects.toBe(tooLarge);
    expect(relaunch).toHaveBeenCalledTimes(relaunches);
  });
});

function failing(error: Error): SavedLogins {
  const save = async (): Promise<void> => {
    throw error;
  };
  return { save } as unknown as SavedLogins;
}

function fullLogin(): SavedLogin {
  return { metadata: { name: 'shop', form: 'profile' } } as SavedLogin;
}
