import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  filesWith,
  headingAt,
  onFirstPage,
  signedInText,
  signInAtSite,
  startLoginSite,
} from '@escarp/test-support';
import type { LoginSite } from '@escarp/test-support';
import type { LeaseView } from '@escarp/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonOptions } from '../src/daemon.js';
import { isOutsideProfiles, saveLogin } from './save-login.js';
import { savedLogin } from './saved-login.js';
import { makeTestHome } from './start-test-daemon.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';

const turns = process.env['ESCARP_LONG'] === '1' ? 100 : 2;

describe('a saved login', { tags: ['browser'], timeout: 120_000 }, () => {
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
    await save('shop', { checkUrl: `${site.url}/home`, checkText: signedInText });
  });

  afterAll(async () => {
    await home.remove();
    await site.close();
  });

  it('is described without a secret', async () => {
    const shown = await daemon.client.login({ name: 'shop' });
    expect(shown).toMatchObject({ version: 1, status: 'ready', limitedTo: [site.url], holdersMax: 1 });
    expect(shown.cookies.map(({ name }) => name)).toEqual(['__Host-sid']);
    expect(shown.origins).toMatchObject([{ origin: site.url, localStorage: 1, sessionStorage: 1, files: 1 }]);
    expect(shown.notHeld.map(({ what }) => what)).toContain('service worker');
    for (const secret of site.sessions.secrets) expect(JSON.stringify(shown)).not.toContain(secret);
  });

  it('is available to nobody who did not lease it', async () => {
    const lease = await daemon.client.acquire({ holder: 'stranger' });
    expect(await headingIn(lease)).toBe('Please sign in.');
    await daemon.client.release({ leaseToken: lease.leaseToken });
  });

  it('is signed in at the first request, and saved again at the release', async () => {
    const lease = await daemon.client.acquire({ holder: 'agent', login: 'shop', updateLogin: true });
    expect(lease.login).toEqual({ name: 'shop', version: 1, state: 'checked' });
    expect(await headingIn(lease)).toBe(signedInText);
    await daemon.client.release({ leaseToken: lease.leaseToken });
    expect(await daemon.client.login({ name: 'shop' })).toMatchObject({ version: 2, updateProblem: null });
  });

  it('keeps what tabs kept, for a holder that did not open the site', async () => {
    const lease = await daemon.client.acquire({ holder: 'agent', login: 'shop', updateLogin: true });
    await daemon.client.release({ leaseToken: lease.leaseToken });
    const { origins } = await daemon.client.login({ name: 'shop' });
    expect(origins).toMatchObject([{ sessionStorage: 1 }]);
  });

  it(
    'serves one holder after another, each with the tokens that the last one left',
    { timeout: 120_000 + turns * 15_000 },
    async () => {
      for (let turn = 0; turn < turns; turn += 1) {
        const lease = await daemon.client.acquire({ holder: 'agent', login: 'shop', updateLogin: true });
        expect(await headingIn(lease), `turn ${turn}`).toBe(signedInText);
        await daemon.client.release({ leaseToken: lease.leaseToken });
      }
    },
  );

  it('is leased by one at a time, while another slot stays free for others', async () => {
    const first = await daemon.client.acquire({ holder: 'a', login: 'shop', updateLogin: true });
    await expect(daemon.client.acquire({ holder: 'b', login: 'shop', waitS: 0 })).rejects.toMatchObject({
      code: 'login_in_use',
    });
    const other = await daemon.client.acquire({ holder: 'c' });
    await daemon.client.release({ leaseToken: other.leaseToken });
    const waiting = daemon.client.acquire({ holder: 'b', login: 'shop', waitS: 60, updateLogin: true });
    await daemon.client.release({ leaseToken: first.leaseToken });
    const second = await waiting;
    expect(second.login?.version).toBeGreaterThan(first.login?.version ?? 0);
    expect(await headingIn(second)).toBe(signedInText);
    await daemon.client.release({ leaseToken: second.leaseToken });
  });

  it('is nowhere unsealed: not in the state directory, the log, or any process', async () => {
    const lease = await daemon.client.acquire({
      holder: 'agent',
      login: 'shop',
      updateLogin: true,
      waitS: 60,
    });
    const secrets = [...site.sessions.secrets, site.password];
    expect(await filesWith(secrets, home.path, isOutsideProfiles)).toEqual([]);
    for (const [path, text] of processTexts())
      expect(
        secrets.filter((secret) => text.includes(secret)),
        path,
      ).toEqual([]);
    const log = home.logLines.join('\n');
    expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
    await daemon.client.release({ leaseToken: lease.leaseToken });
  });

  it('is not written when its lease is revoked', async () => {
    const before = sealed('shop');
    const lease = await daemon.client.acquire({ holder: 'agent', login: 'shop', updateLogin: true });
    await daemon.client.revoke({ slot: lease.slot });
    expect(sealed('shop').equals(before)).toBe(true);
  });

  it('that was signed out at the site is refused, and needs a person', async () => {
    await save('gone', { checkUrl: `${site.url}/home`, checkText: signedInText });
    const lease = await daemon.client.acquire({ holder: 'agent', login: 'gone' });
    await onFirstPage(lease.cdpWsUrl ?? '', (page) => page.goto(`${site.url}/sign-out`));
    await daemon.client.release({ leaseToken: lease.leaseToken });
    await expect(daemon.client.acquire({ holder: 'agent', login: 'gone' })).rejects.toMatchObject({
      code: 'login_stale',
      details: { status: 'needs_login' },
    });
    expect(await daemon.client.login({ name: 'gone' })).toMatchObject({ status: 'needs_login' });
  });

  it('cannot be combined with one that holds something for the same origin', async () => {
    for (const name of ['twin', 'twin-2']) await vault.save(savedLogin('secret', { name }), 0);
    await expect(daemon.client.acquire({ holder: 'agent', login: ['twin', 'twin'] })).rejects.toMatchObject({
      code: 'bad_request',
    });
    await expect(daemon.client.acquire({ holder: 'agent', login: ['twin', 'twin-2'] })).rejects.toMatchObject(
      { code: 'bad_request' },
    );
  });

  describe('while somebody is to sign in', () => {
    let leases: readonly LeaseView[];
    let first: string;

    beforeAll(async () => {
      leases = [await person(), await person()];
      first = leases[0]?.leaseToken ?? '';
    });
    afterAll(async () => {
      for (const { leaseToken } of leases) await daemon.client.release({ leaseToken });
    });

    it('is signed in for by one person at a time', async () => {
      const saves = leases.map(({ leaseToken }) =>
        daemon.client.loginSave({ leaseToken, name: 'both', url: site.url }),
      );
      await expect(Promise.all(saves)).rejects.toMatchObject({ code: 'login_in_use' });
      await daemon.client.loginDone({ name: 'both' });
      const outcomes = await Promise.allSettled(saves);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });

    it('is not waited for longer than was said where its page never comes', async () => {
      const silent = createServer(() => {}).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}/`;
      await expect(
        daemon.client.loginSave({ leaseToken: first, name: 'never', url, timeoutS: 1 }),
      ).rejects.toMatchObject({ code: 'login_timeout' });
      silent.close();
      silent.closeAllConnections();
    });

    it('is unchanged, to the byte, if nobody does in time', async () => {
      const before = sealed('shop');
      const saving = daemon.client.loginSave({
        leaseToken: first,
        name: 'shop',
        url: site.url,
        untilText: 'never',
        timeoutS: 1,
      });
      await expect(saving).rejects.toMatchObject({ code: 'login_timeout' });
      expect(sealed('shop').equals(before)).toBe(true);
    });
  });

  it('is renamed and removed, unless somebody has it', async () => {
    await vault.save(savedLogin('secret', { name: 'corner' }), 0);
    const lease = await daemon.client.acquire({ holder: 'agent', login: 'corner', waitS: 60 });
    await expect(daemon.client.loginRemove({ name: 'corner' })).rejects.toMatchObject({
      code: 'login_in_use',
    });
    await daemon.client.release({ leaseToken: lease.leaseToken });
    await daemon.client.loginRename({ name: 'corner', newName: 'market' });
    expect(await daemon.client.loginRemove({ name: 'market' })).toEqual({ removed: true, name: 'market' });
    await expect(daemon.client.login({ name: 'market' })).rejects.toMatchObject({ code: 'login_unknown' });
  });

  function person(): Promise<LeaseView> {
    return daemon.client.acquire({ holder: 'person', waitS: 60 });
  }

  function sealed(name: string): Buffer {
    return readFileSync(join(home.path, 'logins', `${name}.age`));
  }

  async function save(name: string, terms: { checkUrl?: string; checkText?: string }): Promise<void> {
    // What is opened to check it must not use a token that the page is about to use.
    const until = terms.checkUrl === undefined ? { untilUrl: '*/home' } : { untilText: signedInText };
    await saveLogin(daemon.client, { name, url: site.url, ...until, ...terms }, (cdpUrl) =>
      signInAtSite(cdpUrl, site),
    );
  }

  async function headingIn({ cdpWsUrl }: LeaseView): Promise<string> {
    return onFirstPage(cdpWsUrl ?? '', (page) => headingAt(page, `${site.url}/home`));
  }
});

/** What any process of this machine reveals about itself at this moment. */
function processTexts(): [string, string][] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => [`/proc/${pid}/environ`, `/proc/${pid}/cmdline`])
    .flatMap((path): [string, string][] => {
      try {
        return [[path, readFileSync(path, 'latin1')]];
      } catch {
        // It has ended, or nobody may look into it.
        return [];
      }
    });
}
