import type { Client } from '@escarp/transport';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { Row } from '../row.js';
import type { Context, Section } from '../section.js';
import { untilFree, withPool } from '../subjects/escarp-pool.js';
import type { BenchSite } from '../subjects/login-site.js';
import {
  sayingWhere,
  signedInText,
  signIn,
  signInWhenOpened,
  withLoginSite,
} from '../subjects/login-site.js';

export const savedLogin: Section = {
  name: 'login',
  title: 'Time to a signed-in page: a lease with a saved login beside signing in each time',
  measure: (context) =>
    withPool({ slots: 1, browser: context.browser }, ({ client }) =>
      withLoginSite((site) => compare(context, client, site)),
    ),
};

interface Way {
  readonly name: string;
  readonly isOurs: boolean;
  /** Resolves when the page shows that it is signed in, with what gives everything back. */
  readonly open: () => Promise<() => Promise<void>>;
}

async function compare(context: Context, client: Client, site: BenchSite): Promise<void> {
  const { browser: executablePath, effort } = context;
  await save(client, site, 'state', false);
  await save(client, site, 'full', true);
  const shared = await chromium.launch({ executablePath });
  try {
    const leases = leasing(client, site);
    const states = await restoring(shared, executablePath, site);
    const times = new Map<Way, number[]>([...leases, ...states].map((way) => [way, []]));
    for (let round = 0; round < effort.of(1, 3, 20); round++)
      for (const [way, values] of times) {
        context.say(`${way.name}, round ${round + 1}`);
        const startedAt = performance.now();
        const giveBack = await way.open().catch((cause: unknown) => {
          throw new Error(`${way.name}: ${String(cause)}`, { cause });
        });
        values.push(performance.now() - startedAt);
        await giveBack();
        await untilFree(client);
      }
    report(context, times);
  } finally {
    await shared.close();
  }
}

function leasing(client: Client, site: BenchSite): Way[] {
  return [
    {
      name: signingInName,
      isOurs: false,
      open: () => leased(client, undefined, (page) => signIn(page, site)),
    },
    {
      name: 'lease with a saved login',
      isOurs: true,
      open: () => leased(client, 'state', (page) => showHome(page, site)),
    },
    {
      name: 'lease with a full login',
      isOurs: true,
      open: () => leased(client, 'full', (page) => showHome(page, site)),
    },
  ];
}

const signingInName = 'lease, and signing in each time';

/** With what Playwright saves of a context. */
async function restoring(shared: Browser, executablePath: string, site: BenchSite): Promise<Way[]> {
  const storageState = await stateOf(shared, site);
  const openIn = async (browser: Browser): Promise<BrowserContext> => {
    const restored = await browser.newContext({ storageState });
    await showHome(await restored.newPage(), site);
    return restored;
  };
  return [
    {
      name: 'storageState in a browser launched for it',
      isOurs: false,
      open: async () => {
        const browser = await chromium.launch({ executablePath });
        await openIn(browser);
        return () => browser.close();
      },
    },
    {
      name: 'storageState in a context of a browser that all share',
      isOurs: false,
      open: async () => {
        const restored = await openIn(shared);
        return () => restored.close();
      },
    },
  ];
}

function report(context: Context, times: ReadonlyMap<Way, readonly number[]>): void {
  let signingIn: Row | undefined;
  for (const [{ name, isOurs }, values] of times) {
    const rival = signingIn === undefined ? {} : { rival: signingIn };
    const row = context.row({ name, unit: 'ms', isOurs, values, ...rival });
    if (name === signingInName) signingIn = row;
  }
  context.note(
    'The site asks for a password alone and answers at once: what a real sign-in takes comes on top of the first row. ' +
      'A leased slot is a process and a profile of its own, recycled after each holder; contexts of one browser share both the ' +
      'process and its network.',
  );
}

/** As a person does it with `escarp login`, in a slot that nobody watches. */
async function save(client: Client, site: BenchSite, name: string, full: boolean): Promise<void> {
  const { leaseToken, cdpWsUrl } = await client.acquire({ holder: 'bench', waitS: 60 });
  const terms = { name, full, url: site.url, untilText: signedInText };
  const saving = client.loginSave({ leaseToken, ...terms });
  await Promise.all([saving, onFirstPage(cdpWsUrl, (page) => signInWhenOpened(page, site))]);
  await client.release({ leaseToken });
}

async function stateOf(browser: Browser, site: BenchSite) {
  const context = await browser.newContext();
  await signIn(await context.newPage(), site);
  return context.storageState().finally(() => context.close());
}

async function leased(
  client: Client,
  login: string | undefined,
  work: (page: Page) => Promise<void>,
): Promise<() => Promise<void>> {
  const wish = login === undefined ? {} : { login };
  const { leaseToken, cdpWsUrl } = await client.acquire({ holder: 'bench', waitS: 60, ...wish });
  await onFirstPage(cdpWsUrl, work);
  return async () => void (await client.release({ leaseToken }));
}

async function showHome(page: Page, { home }: BenchSite): Promise<void> {
  await sayingWhere(page, async () => {
    await page.goto(home);
    await page.getByText(signedInText).waitFor();
  });
}

async function onFirstPage(wsUrl: string | null, work: (page: Page) => Promise<void>): Promise<void> {
  const browser = await chromium.connectOverCDP(wsUrl ?? '', { noDefaults: true });
  const [page] = browser.contexts()[0]?.pages() ?? [];
  if (page === undefined) throw new Error('The slot has no page.');
  await work(page).finally(() => browser.close());
}
