import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type { EscarpHome, Json } from '../../src/escarp-home.js';
import { makeEscarpHome } from '../../src/escarp-home.js';

type Environment = Record<string, string>;

/** An agent with a slot: its lease, and the page that it drives. */
export interface Agent {
  readonly slot: number;
  readonly lease: Json;
  readonly page: Page;
}

/** A real pool whose slots are leased to agents, and which a person may look at. */
export class WatchedPool {
  readonly home: EscarpHome;
  readonly #connections: Browser[] = [];

  private constructor(home: EscarpHome) {
    this.home = home;
  }

  static async start(size: number, env: Environment = {}, ...options: string[]): Promise<WatchedPool> {
    const home = await makeEscarpHome(size, { ESCARP_VIEW_PORT: '0', ESCARP_LEASE_TTL_S: '600', ...env });
    const { exitCode, stdout, stderr } = await home.escarp('up', ...options);
    if (exitCode !== 0) throw new Error(`escarp up: ${stdout}${stderr}`);
    return new WatchedPool(home);
  }

  /** Leases a slot to somebody, who connects to its browser. */
  async agent(holder: string): Promise<Agent> {
    const { status, body } = await this.home.post('/acquire', { holder, wait_s: 60 });
    if (status !== 200) throw new Error(`acquire: ${JSON.stringify(body)}`);
    return this.#agentOf(body);
  }

  /** The agent again, after its browser was replaced. */
  async reconnect({ lease }: Agent): Promise<Agent> {
    const { body } = await this.home.post('/heartbeat', { lease_token: lease['lease_token'] });
    return this.#agentOf({ ...lease, ...body });
  }

  /** A link to the dashboard, as `escarp view` prints it. */
  async link(...options: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.home.escarp('view', ...options, '--json');
    if (exitCode !== 0) throw new Error(`escarp view: ${stderr}`);
    const { url }: { url: string } = JSON.parse(stdout);
    return url;
  }

  async end(): Promise<void> {
    await Promise.all(this.#connections.map((browser) => browser.close().catch(() => {})));
    await this.home.remove();
  }

  async #agentOf(lease: Json): Promise<Agent> {
    const browser = await chromium.connectOverCDP(String(lease['cdp_ws_url']), { noDefaults: true });
    this.#connections.push(browser);
    const page = browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error('The slot has no page.');
    return { slot: Number(lease['slot']), lease, page };
  }
}

/** Makes the agent's page one colour, with a button and a field on it. */
export async function paint({ page }: Agent, colour: string): Promise<void> {
  await page.setContent(
    `<body style="margin: 0; background: ${colour}">
     <button style="position: absolute; left: 40px; top: 40px; width: 200px; height: 80px"
       onclick="document.title = 'pressed'">Press</button>
     <input style="position: absolute; left: 40px; top: 160px; width: 400px; height: 60px">`,
  );
}
