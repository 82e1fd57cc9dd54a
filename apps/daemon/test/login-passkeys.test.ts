import { makePasskey, onFirstPage, signInByPasskey, startLoginSite } from '@escarp/test-support';
import type { LoginSite, RegisteredPasskey } from '@escarp/test-support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveLogin } from './save-login.js';
import { makeTestHome } from './start-test-daemon.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';

describe('a saved login with passkeys', { tags: ['browser'], timeout: 120_000 }, () => {
  let site: LoginSite;
  let home: TestHome;
  let daemon: RunningDaemon;
  let made: RegisteredPasskey;

  beforeAll(async () => {
    site = await startLoginSite();
    home = await makeTestHome(1);
    daemon = await start();
    made = await save(makePasskey);
  }, 120_000);

  afterAll(async () => {
    await home.remove();
    await site.close();
  });

  it('tells of them, and of no key', async () => {
    const { passkeys } = await daemon.client.login({ name: 'shop' });
    expect(passkeys).toEqual([{ site: 'login.test', userName: 'ada', isDiscoverable: true }]);
  });

  it('signs its holder in as long as the lease lasts, whatever becomes of the daemon', async () => {
    const { leaseToken, cdpWsUrl } = await daemon.client.acquire({ holder: 'agent', login: 'shop' });
    const signIn = () =>
      onFirstPage(cdpWsUrl ?? '', async (page) => {
        await page.goto(site.url);
        return signInByPasskey(page, made);
      });
    expect(await signIn()).toBeGreaterThan(0);
    await daemon.close();
    daemon = await start();
    expect(await signIn()).toBeGreaterThan(0);
    await daemon.client.release({ leaseToken });
  });

  it('keeps them when somebody signs in again by them', async () => {
    await save(async (page) => {
      await signInByPasskey(page, made);
      return made;
    });
    const shown = await daemon.client.login({ name: 'shop' });
    expect(shown).toMatchObject({ version: 2, passkeys: [{ site: 'login.test' }] });
  });

  function start(): Promise<RunningDaemon> {
    return home.start({ settings: { ...home.settings, chromeArgs: site.chromeArgs } });
  }

  async function save(work: typeof makePasskey): Promise<RegisteredPasskey> {
    return saveLogin(daemon.client, { name: 'shop', url: site.url, passkeys: true }, (cdpUrl) =>
      onFirstPage(cdpUrl, async (page) => {
        await page.waitForURL(`${site.url}/`);
        const passkey = await work(page);
        await daemon.client.loginDone({ name: 'shop' });
        return passkey;
      }),
    );
  }
});
