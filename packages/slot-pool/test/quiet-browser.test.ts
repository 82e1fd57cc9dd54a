import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findXvnc, startDisplay } from './display.js';
import type { Display } from './display.js';
import { makePoolFixture } from './pool-fixture.js';
import type { PoolFixture } from './pool-fixture.js';

const idleMs = 30_000;
const xvnc = await findXvnc();

describe('a browser that nobody uses', { tags: ['browser'], timeout: 120_000, concurrent: true }, () => {
  const fixtures: PoolFixture[] = [];
  let display: Display | undefined;

  beforeAll(async () => {
    if (xvnc !== undefined) display = await startDisplay(xvnc);
  });
  afterAll(async () => {
    await Promise.all(fixtures.map((fixture) => fixture.end()));
    await display?.end();
  });

  /** Everything that a start and half a minute of idling request from the network. */
  async function asked(headless: boolean): Promise<Traffic> {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      ...(headless ? {} : { DISPLAY: display?.name ?? '' }),
    };
    const fixture = await makePoolFixture({
      spec: { headless, env, extraArgs: ['--log-net-log'] },
    });
    fixtures.push(fixture);
    const { cdpWsUrl, profile } = await fixture.pool.launch(0);
    // No event shows that nothing will be requested.
    await pause(idleMs);
    const browser = await chromium.connectOverCDP(cdpWsUrl, { noDefaults: true });
    const session = await browser.newBrowserCDPSession();
    await session.send('Browser.close').catch(() => {});
    const log = await vi.waitFor(
      async () => netLog(await readFile(`${profile}/netlog.json`, 'utf8')),
      60_000,
    );
    return trafficIn(log);
  }

  it('contacts no server and looks up no name if it is headless', async () => {
    expect(await asked(true)).toEqual(silence);
  });

  it.skipIf(xvnc === undefined)('contacts no server and looks up no name if it has a window', async () => {
    expect(await asked(false)).toEqual(silence);
  });
});

interface Traffic {
  /** Addresses that were requested, without those of Chrome itself. */
  readonly requests: readonly string[];
  readonly names: readonly string[];
  readonly connections: readonly string[];
}

const silence: Traffic = { requests: [], names: [], connections: [] };

/** What Chrome uses in place of its vendor's servers, and where nothing listens. */
const nowhere = 'http://127.0.0.1:9';

interface NetLog {
  readonly constants: { readonly logEventTypes: Readonly<Record<string, number>> };
  readonly events: readonly NetEvent[];
}

interface NetEvent {
  readonly type: number;
  readonly params?: {
    readonly url?: string;
    readonly host?: string;
    readonly address_list?: readonly string[];
  };
}

function netLog(text: string): NetLog {
  const log: NetLog = JSON.parse(text);
  return log;
}

function trafficIn({ constants, events }: NetLog): Traffic {
  const params = (name: string): NonNullable<NetEvent['params']>[] => {
    const type = constants.logEventTypes[name];
    // An event type that does not exist would never be found to happen.
    if (type === undefined) throw new Error(`Chrome's log knows no ${name}.`);
    return events.filter((event) => event.type === type).flatMap((event) => event.params ?? []);
  };
  return {
    requests: params('URL_REQUEST_START_JOB').flatMap(({ url = '' }) =>
      /^(https?|wss?):/.test(url) && !url.startsWith(`${nowhere}/`) ? [url] : [],
    ),
    names: params('HOST_RESOLVER_MANAGER_REQUEST').flatMap(({ host }) =>
      host === undefined || host === nowhere ? [] : [host],
    ),
    connections: params('TCP_CONNECT').flatMap(({ address_list: addresses = [] }) => addresses),
  };
}
