import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  filesBelow,
  filesWith,
  headingAt,
  onFirstPage,
  signedInText,
  signInAtSite,
  startLoginSite,
} from '@escarp/test-support';
import type { LoginSite } from '@escarp/test-support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonOptions } from '../src/daemon.js';
import { isOutsideProfiles, saveLogin } from './save-login.js';
import { savedLogin } from './saved-login.js';
import { makeTestHome } from './start-test-daemon.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';

describe('a full login', { tags: ['browser'], timeout: 120_000 }, () => {
  let site: LoginSite;
  let home: TestHome;
  let daemon: RunningDaemon;
  let vault: DaemonOptions['vault'];

  beforeAll(async () => {
    site = await startLoginSite();
    home = await makeTestHome(2);
    const options = await home.options({ settings: { ...home.settings, chromeArgs: site.chromeArgs } });
    ({ vault } = options);
    daemon = await home.start(options);
    await save('shop', { full: true, checkUrl: `${site.url}/home`, checkText: signedInText });
  }, 120_000);

  afterAll(async () => {
    await home.remove();
    await site.close();
  });

  it('is told of as one, and misses nothing', async () => {
    const shown = await daemon.client.login({ name: 'shop' });
    expect(shown).toMatchObject({ form: 'profile', limitedTo: null, notHeld: [] });
    expect(shown.cookies.map(({ name }) => name).toSorted()).toEqual(['__Host-sid', 'device']);
    expect(shown.origins).toMatchObject([{ origin: site.url, localStorage: 1, sessionStorage: 1, files: 1 }]);
  });

  it('is signed in, with its service worker and its key, in another slot and after an update', async () => {
    for (const slot of [1, 0]) {
      const lease = await daemon.client.acquire({ holder: 'agent', slot, login: 'shop', updateLogin: true });
      expect(lease.login).toMatchObject({ name: 'shop', state: 'checked' });
      expect(await look(lease.cdpHttpUrl)).toEqual({
        heading: signedInText,
        workers: 1,
        decrypted: 'kept',
        ofTab: 'first',
        device: 'known',
      });
      await daemon.client.release({ leaseToken: lease.leaseToken });
    }
    expect(await daemon.client.login({ name: 'shop' })).toMatchObject({ version: 3, updateProblem: null });
  });

  it('is met by nobody who did not lease it', async () => {
    for (const slot of [0, 1]) {
      const lease = await daemon.client.acquire({ holder: 'stranger', slot, waitS: 60 });
      expect(await look(lease.cdpHttpUrl)).toMatchObject({
        heading: 'Please sign in.',
        workers: 0,
        decrypted: null,
      });
      await daemon.client.release({ leaseToken: lease.leaseToken });
    }
  });

  it('is nowhere unsealed but in the profile of its slot', async () => {
    const lease = await daemon.client.acquire({
      holder: 'agent',
      login: 'shop',
      updateLogin: true,
      waitS: 60,
    });
    expect(await filesWith(site.sessions.secrets, home.path, isOutsideProfiles)).toEqual([]);
    const files = (await filesBelow(home.path)).filter(isOutsideProfiles);
    expect(files.filter((path) => path.includes('/logins/'))).toEqual([sealed('shop')]);
    await daemon.client.release({ leaseToken: lease.leaseToken });
  });

  it('is leased by itself', async () => {
    await vault.save(savedLogin('secret', { name: 'other' }), 0);
    await expect(
      daemon.client.acquire({ holder: 'agent', login: ['other', 'shop'], waitS: 60 }),
    ).rejects.toMatchObject({ code: 'bad_request', message: expect.stringContaining('shop') });
  });

  it('that is too large is refused, and whoever signed in goes on in a browser', async () => {
    const wish = { holder: 'person', slot: 0, waitS: 60 };
    const { leaseToken, cdpHttpUrl } = await daemon.client.acquire(wish);
    const profiles = join(home.path, 'profiles', 'autonomous');
    for (const profile of readdirSync(profiles).filter((name) => name.startsWith('slot-0'))) {
      const storage = join(profiles, profile, 'Default', 'IndexedDB');
      mkdirSync(storage, { recursive: true });
      writeFileSync(join(storage, 'large'), '');
      truncateSync(join(storage, 'large'), 64_000_001);
    }
    const saving = daemon.client.loginSave({ leaseToken, name: 'large', url: site.url, full: true });
    await Promise.all([
      expect(saving).rejects.toMatchObject({ code: 'login_too_large' }),
      onFirstPage(cdpHttpUrl, (page) => page.waitForURL(`${site.url}/`)).then(() =>
        daemon.client.loginDone({ name: 'large' }),
      ),
    ]);
    expect(await look(cdpHttpUrl)).toMatchObject({ heading: 'Please sign in.' });
    await daemon.client.release({ leaseToken });
  });

  it('that was damaged is refused, and the slot is clean for the next', async () => {
    const whole = readFileSync(sealed('shop'));
    truncateSync(sealed('shop'), whole.length - 1_000);
    const wish = { holder: 'agent', slot: 0, login: 'shop', waitS: 60 };
    await expect(daemon.client.acquire(wish)).rejects.toMatchObject({ code: 'login_unreadable' });
    writeFileSync(sealed('shop'), whole);
    const lease = await daemon.client.acquire({ holder: 'stranger', slot: 0, waitS: 60 });
    expect(await look(lease.cdpHttpUrl)).toMatchObject({ heading: 'Please sign in.', workers: 0 });
    await daemon.client.release({ leaseToken: lease.leaseToken });
  });

  function sealed(name: string): string {
    return join(home.path, 'logins', `${name}.age`);
  }

  async function save(
    name: string,
    terms: { full?: boolean; checkUrl?: string; checkText?: string },
  ): Promise<void> {
    await saveLogin(daemon.client, { name, url: site.url, ...terms }, async (cdpUrl) => {
      await signInAtSite(cdpUrl, site);
      await onFirstPage(cdpUrl, async (page) => {
        await page.evaluate(keepKey);
        await page.evaluate(keepCookie);
      });
      await daemon.client.loginDone({ name });
    });
  }

  async function look(cdpUrl: string) {
    return onFirstPage(cdpUrl, async (page) => {
      const heading = await headingAt(page, `${site.url}/home`);
      return { heading, ...(await page.evaluate(readKept)) };
    });
  }
});

/** In a page: keeps a key that cannot be exported, and a text that it encrypted. */
async function keepKey(): Promise<void> {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const algorithm = { name: 'AES-GCM', iv: new Uint8Array(12) };
  const text = await crypto.subtle.encrypt(algorithm, key, new TextEncoder().encode('kept'));
  const opening = indexedDB.open('keys', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys').put({ key, text }, 'device');
  await new Promise((resolve) => (opening.onsuccess = resolve));
  opening.result.close();
}

/** In a page: keeps a cookie that outlasts the browser, which Chrome writes down up to half a minute later. */
async function keepCookie(): Promise<void> {
  await cookieStore.set({ name: 'device', value: 'known', expires: Date.now() + 3_600_000 });
}

/** In a page: what `keepKey`, `keepCookie` and the site have left there. */
async function readKept() {
  const workers = (await navigator.serviceWorker.getRegistrations()).length;
  const ofTab = sessionStorage.getItem('tab');
  const device = (await cookieStore.get('device'))?.value ?? null;
  const names = (await indexedDB.databases()).map(({ name }) => name);
  if (!names.includes('keys')) return { workers, ofTab, device, decrypted: null };
  const opening = indexedDB.open('keys');
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const reading = opening.result.transaction('keys').objectStore('keys').get('device');
  await new Promise((resolve) => (reading.onsuccess = resolve));
  opening.result.close();
  const { key, text } = reading.result as { key: CryptoKey; text: ArrayBuffer };
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, text);
  return { workers, ofTab, device, decrypted: new TextDecoder().decode(plain) };
}
