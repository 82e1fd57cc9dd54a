import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signedInText as signedIn, signInAtSite, startLoginSite } from '@escarp/test-support';
import type { LoginSite } from '@escarp/test-support';
import { operations } from '@escarp/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asAgreed } from './as-agreed.js';
import type { EscarpHome } from './escarp-home.js';
import { makeEscarpHome, untilPrinted } from './escarp-home.js';

/** As on a server that nobody sits at. */
const noScreen = { DISPLAY: '', WAYLAND_DISPLAY: '' };

describe('escarp login', { tags: ['browser'], timeout: 120_000 }, () => {
  let site: LoginSite;
  let home: EscarpHome;

  beforeAll(async () => {
    site = await startLoginSite({ isPlain: true });
    home = await makeEscarpHome(1, noScreen);
    const { exitCode, stderr } = await home.run(['up']);
    if (exitCode !== 0) throw new Error(stderr);
  });

  afterAll(async () => {
    await home.remove();
    await site.close();
  });

  it('waits for a person in a window, saves the login and gives the slot back headless', async () => {
    const check = ['--check-url', `${site.url}/home`, '--check-text', signedIn];
    const running = home.start(['login', 'shop', '--url', site.url, '--until-text', signedIn, ...check]);
    const told = await untilPrinted(running, 'stderr', /ten minutes: http\S+\n/);
    expect(told).toContain(site.url);
    expect(told).toMatch(/display :\d+/);
    const [, link = ''] = /ten minutes: (\S+)/.exec(told) ?? [];
    expect((await fetch(link)).status).toBe(200);
    await signInAsPerson();
    const said = await running.ended;
    expect(said).toMatchObject({ exitCode: 0 });
    expect(said.stdout).toContain('Saved as shop, version 1.');
    expect(await slots()).toMatchObject([{ state: 'free', headless: true, display: null }]);
    expect(displayFiles()).toEqual([]);
  });

  it('says that a login is fresh, with an exit code of its own', async () => {
    expect(await home.run(['login', 'shop', '--url', site.url])).toMatchObject({ exitCode: 52 });
    expect(await home.json(['login', 'shop', '--url', site.url])).toMatchObject({
      name: 'shop',
      fresh: true,
    });
  });

  it('that nobody answers in time changes nothing', async () => {
    const before = sealed();
    const again = ['login', 'shop', '--again', '--url', site.url, '--timeout', '1s'];
    expect(await home.run(again)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Nobody') });
    expect(sealed().equals(before)).toBe(true);
  });

  it('ends when the person says so from elsewhere', async () => {
    const running = home.start(['login', 'second', '--url', site.url, '--approve']);
    await untilPrinted(running, 'stderr', /^When you are signed in, run: escarp logins done second$/m);
    await signInAsPerson();
    expect(await home.run(['logins', 'done', 'second'])).toMatchObject({ exitCode: 0 });
    expect(await running.ended).toMatchObject({ exitCode: 0 });
  });

  it('tells who waits for a person to approve a grant', async () => {
    const running = home.start(['run', '--login', 'second', '--wait', '600', '--', 'true']);
    const told = await untilPrinted(running, 'stderr', /^escarp: Waiting .* escarp approve \d+\.$/m);
    expect(told).toContain('a person to approve the login second');
    const [, id = ''] = /escarp approve (\d+)/.exec(told) ?? [];
    expect(await home.run(['approve', id])).toMatchObject({ exitCode: 0 });
    expect(await running.ended).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('makes a login that commands lease, and are signed in with at once', async () => {
    const request = `fetch(process.argv[1] + '/json/version').then((answer) => console.log(answer.ok))`;
    // The slot may still be reset after whoever had it before.
    const wish = ['--login', 'shop', '--update-login', '--wait', '60'];
    const words = ['run', ...wish, '--', 'node', '-e', request, '{cdp_http}'];
    expect(await home.run(words)).toMatchObject({ exitCode: 0, stdout: 'true' });
    const lease = await home.json(['acquire', '--holder', 'agent', ...wish]);
    expect(lease).toMatchObject({ login: { name: 'shop', version: 2, state: 'checked' } });
    await home.run(['release', '--mine']);
    expect(await home.run(['acquire', '--holder', 'agent', '--login', 'nobody'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('escarp login'),
    });
  });

  it('makes logins that are listed, shown, exported, renamed, removed and imported', async () => {
    const listed = await home.json(['logins', 'list']);
    expect(await asAgreed(operations.logins.output, listed)).toEqual(listed);
    const shown = await home.json(['logins', 'show', 'shop']);
    expect(await asAgreed(operations.login.output, shown)).toEqual(shown);
    expect((await home.run(['logins', 'show', 'shop'])).stdout).toContain('1 item in sessionStorage');
    const passphrase = join(home.path, 'passphrase');
    writeFileSync(passphrase, 'correct horse battery\n');
    const archive = join(home.path, 'logins.age.out');
    const withPassphrase = ['--passphrase-file', passphrase];
    expect(await home.run(['logins', 'export', archive, ...withPassphrase])).toMatchObject({ exitCode: 0 });
    expect(await home.run(['logins', 'export', archive, ...withPassphrase])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('--force'),
    });
    const forced = ['logins', 'export', archive, '--force', ...withPassphrase];
    expect(await home.run(forced)).toMatchObject({ exitCode: 0 });
    await home.run(['logins', 'rename', 'second', '--to', 'other']);
    expect(await home.run(['logins', 'import', archive, ...withPassphrase])).toMatchObject({ exitCode: 1 });
    await home.run(['logins', 'remove', 'shop']);
    expect(await home.run(['logins', 'import', archive, ...withPassphrase])).toMatchObject({ exitCode: 0 });
    const { logins } = (await home.json(['logins', 'list'])) as { logins: { name: string }[] };
    expect(logins.map(({ name }) => name)).toEqual(['other', 'second', 'shop']);
  });

  function sealed(): Buffer {
    return readFileSync(join(home.path, 'logins', 'shop.age'));
  }

  async function slots() {
    return (await home.status()).slots;
  }

  function displayFiles(): string[] {
    return readdirSync(join(home.path, 'run')).filter((name) => name.startsWith('display-'));
  }

  async function signInAsPerson(): Promise<void> {
    const [slot] = await slots();
    await signInAtSite(`http://127.0.0.1:${String(slot?.['cdp_port'])}`, site);
  }
});

describe('escarp login where no window can be shown', { tags: ['browser'], timeout: 120_000 }, () => {
  it('says what to install, with an exit code of its own, and leases nothing', async () => {
    const home = await makeEscarpHome(1, { ...noScreen, PATH: '/nonexistent' });
    try {
      await home.run(['up']);
      const said = await home.run(['login', 'shop', '--url', 'https://shop.example']);
      expect(said).toMatchObject({ exitCode: 51, stderr: expect.stringContaining('apt-get install') });
      const told = await home.json(['login', 'shop', '--url', 'https://shop.example']);
      expect(told).toMatchObject({ error: 'nowhere_to_show' });
      expect(await home.json(['status'])).toMatchObject({ slots: [{ holder: null, headless: true }] });
    } finally {
      await home.remove();
    }
  });
});
