import { createHash, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { operatorCredential } from '@escarp/live-view/operator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { forwardTcp } from '../src/tcp-forward.js';
import { expectAnnounced, startBrowser, ViewerPage } from '../src/viewer-page.js';
import { type Agent, paint, WatchedPool } from '../src/watched-pool.js';

/** An address that other machines reach, if this one has any; the viewer serves every other address alike. */
const external = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal);
const address = external?.address ?? '127.0.0.2';

const escarp = join(
  dirname(createRequire(import.meta.url).resolve('escarp/package.json')),
  'bin',
  'escarp.js',
);

describe('the viewer from afar', { tags: ['browser'], timeout: 120_000 }, () => {
  let pool: WatchedPool;
  let agent: Agent;
  /** Of a person who has told it that the viewer's certificate is the right one. */
  let trusting: Browser;
  let pages: Page[] = [];

  beforeAll(async () => {
    pool = await WatchedPool.start(1, {}, '--headless');
    agent = await pool.agent('agent@worktree');
    await pool.link('--address', address);
    trusting = await startBrowser(
      '--no-proxy-server',
      `--ignore-certificate-errors-spki-list=${await spkiHash()}`,
    );
  }, 120_000);
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.close()));
    pages = [];
  });
  afterAll(async () => {
    await trusting?.close();
    await pool?.end();
  }, 120_000);

  const certificate = join('tls', `${address}.pem`);
  const spkiHash = async (): Promise<string> => {
    const { publicKey } = new X509Certificate(await readFile(join(pool.home.path, certificate)));
    return createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64');
  };
  const open = async (browser: Browser, url: string): Promise<ViewerPage> => {
    const seen = await ViewerPage.open(browser, url);
    pages.push(seen.page);
    return seen;
  };
  const inAddress = (...options: string[]): Promise<string> => pool.link('--address', address, ...options);
  const view = (...options: string[]) => pool.home.escarp('view', ...options);

  /** Sees the agent's page, takes it over, and presses its button. */
  const expectControl = async (seen: ViewerPage): Promise<void> => {
    const { page } = seen;
    await paint(agent, '#d03030');
    await page.getByRole('link', { name: 'Slot 0', exact: true }).click();
    await expect.poll(async () => (await seen.colourOf(0))[0], { timeout: 60_000 }).toBeGreaterThan(190);
    await page.getByRole('button', { name: 'Take over' }).click();
    await expectAnnounced(page, 'You are in control of slot 0.');
    const box = await page.locator('.screen-input').boundingBox();
    const width = await agent.page.evaluate(() => innerWidth);
    const scale = (box?.width ?? 0) / width;
    await page.mouse.click((box?.x ?? 0) + 140 * scale, (box?.y ?? 0) + 80 * scale);
    await expect.poll(() => agent.page.title()).toBe('pressed');
    await page.keyboard.press('F8');
    await page.getByRole('button', { name: 'Hand back: done' }).click();
    await expectAnnounced(page, "Slot 0 is the agent's again.");
    expect(seen.complaints).toEqual([]);
  };

  it('is watched and controlled at its own address, by TLS', async () => {
    const seen = await open(trusting, await inAddress('--control'));
    expect(new URL(seen.page.url()).origin).toMatch(`https://${address}:`);
    await expectControl(seen);
    const [cookie] = await seen.page.context().cookies(seen.page.url());
    expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Strict', domain: address });
  });

  it('is watched and controlled through ssh -L, whatever the local port', async () => {
    const link = new URL(await pool.link('--control'));
    const forward = await forwardTcp(Number(link.port));
    link.host = `localhost:${forward.port}`;
    const seen = await open(trusting, link.href);
    expect(seen.page.url()).toMatch(`http://localhost:${forward.port}/`);
    await expectControl(seen);
    forward.close();
  });

  it('answers there to nobody without TLS, a link or the right name', async () => {
    const { origin, port } = new URL(await inAddress());
    await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow('fetch failed');
    await expect(fetch(origin)).rejects.toMatchObject({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
    const stranger = await trusting.newContext();
    const asked = async (path: string, init: object = {}): Promise<number> => {
      const reply = await stranger.request.fetch(`https://${address}:${port}${path}`, {
        ...init,
        ignoreHTTPSErrors: true,
      });
      return reply.status();
    };
    expect(await asked('/s/AAAAAAAAAAAAAAAAAAAAAA/api/state')).toBe(401);
    expect(await asked('/', { headers: { host: `build-machine:${port}` } })).toBe(403);
    expect(await asked('/', { headers: { host: `localhost:${port}` } })).toBe(403);
    await stranger.close();
  });

  it('makes links for programs on loopback alone, whoever knows the credential', async () => {
    const { port } = new URL(await inAddress());
    const stranger = await trusting.newContext();
    const reply = await stranger.request.post(`https://${address}:${port}/operator/links`, {
      data: { right: 'control' },
      headers: {
        authorization: `Bearer ${operatorCredential((await readFile(join(pool.home.path, 'secret'), 'utf8')).trim())}`,
      },
      ignoreHTTPSErrors: true,
    });
    expect([reply.status(), await reply.json()]).toMatchObject([404, { error: 'unknown_route' }]);
    await stranger.close();
  });

  it('keeps the certificate that a browser was told to trust, where nobody else reads it', async () => {
    const before = await spkiHash();
    await view('--stop');
    const link = await inAddress();
    expect(await spkiHash()).toBe(before);
    const { mode } = await stat(join(pool.home.path, certificate));
    expect(mode & 0o777).toBe(0o600);
    const { fingerprint256 } = new X509Certificate(await readFile(join(pool.home.path, certificate)));
    const { stdout } = await view('--address', address, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ fingerprint: fingerprint256 });
    await open(trusting, link);
  });

  it('takes a certificate of the person’s own, and refuses what is none, and every address at once', async () => {
    const everywhere = await view('--address', '0.0.0.0');
    expect([everywhere.exitCode, everywhere.stderr]).toEqual([
      2,
      expect.stringContaining('Name one address'),
    ]);
    const pem = join(pool.home.path, certificate);
    const own = await view('--address', address, '--tls-cert', pem, '--tls-key', pem, '--json');
    expect(JSON.parse(own.stdout)).toMatchObject({ fingerprint: null });
    const noFile = await view('--address', address, '--tls-cert', '/dev/null', '--tls-key', pem);
    expect([noFile.exitCode, noFile.stderr]).toEqual([expect.anything(), expect.stringContaining(address)]);
    const bare = { PATH: pool.home.project };
    const noOpenssl = await pool.home.run([process.execPath, escarp, 'view', '--address', '127.0.0.3'], bare);
    expect([noOpenssl.exitCode, noOpenssl.stderr]).toEqual([1, expect.stringContaining('Install openssl')]);
    const noKey = await view('--address', address, '--tls-cert', pem);
    expect([noKey.exitCode, noKey.stderr]).toEqual([2, expect.stringContaining('--tls-key')]);
    const noSlot = await view('99', '--json');
    expect([noSlot.exitCode, JSON.parse(noSlot.stdout)]).toMatchObject([1, { error: 'unknown_slot' }]);
  });

  describe('escarp view --open', () => {
    /** A folder of programs in which `xdg-open` is this script, or nothing. */
    const withOpener = async (name: string, script: string | undefined): Promise<string> => {
      const folder = join(pool.home.project, name);
      await mkdir(folder);
      if (script === undefined) return folder;
      await writeFile(join(folder, 'xdg-open'), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, 'xdg-open'), 0o755);
      return folder;
    };
    const opened = async (folder: string, env: Record<string, string>) => {
      const nowhere = { DISPLAY: undefined, WAYLAND_DISPLAY: undefined, BROWSER: undefined };
      const command = [process.execPath, escarp, 'view', '--open'];
      const program = await pool.home.run(command, { ...nowhere, PATH: folder, ...env });
      return { ...program, link: program.stdout.split('\n')[0] ?? '' };
    };

    it('hands the link to the opener of the desktop', async () => {
      const folder = await withOpener('opens', `echo "$@" > "$0.told"`);
      const { exitCode, stderr, link } = await opened(folder, { DISPLAY: ':9' });
      expect([exitCode, stderr]).toEqual([0, '']);
      expect((await readFile(join(folder, 'xdg-open.told'), 'utf8')).trim()).toBe(link);
    });

    it.each([
      { case: 'is none', script: undefined, env: { DISPLAY: ':9' }, says: 'xdg-open is not installed' },
      { case: 'fails', script: 'exit 3', env: { WAYLAND_DISPLAY: 'w' }, says: 'xdg-open could not open it' },
      { case: 'has no desktop', script: 'exit 0', env: {}, says: 'There is no desktop here' },
    ])('prints the link and says why where the opener $case', async ({ case: name, script, env, says }) => {
      const { exitCode, stderr, link } = await opened(await withOpener(name, script), env);
      expect([exitCode, stderr]).toEqual([0, expect.stringContaining(says)]);
      expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#/);
    });
  });
});
