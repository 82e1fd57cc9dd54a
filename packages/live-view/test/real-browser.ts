import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@escarp/test-support';
import { type Browser, chromium, type Page } from 'playwright-core';

const binary = process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium';

/** A browser on one port, as a slot has it, which can be killed and launched again. */
export class RealBrowser {
  readonly port: number;
  #child: ChildProcess | undefined;
  #profile = '';
  #address = '';

  private constructor(port: number) {
    this.port = port;
  }

  static async launch(): Promise<RealBrowser> {
    const browser = new RealBrowser(await freePorts(1));
    await browser.start();
    return browser;
  }

  async start(): Promise<void> {
    this.#profile = await mkdtemp(join(tmpdir(), 'esc-view-'));
    const settings = [
      '--headless',
      '--no-sandbox',
      '--disable-background-networking',
      '--window-size=1280,800',
    ];
    const where = [`--remote-debugging-port=${this.port}`, `--user-data-dir=${this.#profile}`];
    const child = spawn(binary, [...settings, ...where, 'about:blank'], {
      // One that is killed leaves its socket there.
      env: { ...process.env, TMPDIR: this.#profile },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    let said = '';
    for await (const chunk of child.stderr) {
      said += String(chunk);
      this.#address = /DevTools listening on (ws:\S+)\n/.exec(said)?.[1] ?? '';
      if (this.#address !== '') break;
    }
  }

  /** The agent's own client, by which it drives its page; one connection, as long as it has not asked by HTTP for the way. */
  async agent(): Promise<{ page: Page; browser: Browser }> {
    const browser = await chromium.connectOverCDP(this.#address);
    const page = browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error('The browser has no page.');
    return { page, browser };
  }

  /** How many clients are connected to its DevTools. */
  async clients(): Promise<number> {
    const rows = (await readFile('/proc/net/tcp', 'utf8')).split('\n');
    const local = `:${this.port.toString(16).toUpperCase().padStart(4, '0')}`;
    const established = '01';
    return rows.filter((row) => {
      const [, address = '', , state] = row.trim().split(/\s+/);
      return address.endsWith(local) && state === established;
    }).length;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
    this.#child = undefined;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}
