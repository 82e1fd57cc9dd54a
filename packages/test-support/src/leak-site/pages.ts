import { anyTarget, isSoon, openTab, withTab } from './leak-kind.js';
import type { Holder, LeakKind } from './leak-kind.js';

const group = 'Tabs and pages';

/** What is still open, or still running, after its owner left. */
export const pageKinds: readonly LeakKind[] = [
  openPage('extra tab', '/extra-tab', () => Promise.resolve()),
  {
    group,
    name: 'popup window',
    plant: async ({ page, site, context }) => {
      await page.goto(`${site.plain()}/blank`);
      const popup = context.waitForEvent('page');
      await page.evaluate(() => void open('/popup', 'popup', 'width=300,height=300'));
      await (await popup).waitForURL('**/popup');
    },
    find: (holder) => anyTarget(holder, ({ url }) => url.endsWith('/popup')),
  },
  openPage(
    'open dialog',
    '/dialog',
    async (page) => {
      const session = await page.context().newCDPSession(page);
      await session.send('Page.enable');
      const opened = new Promise((resolve) => session.once('Page.javascriptDialogOpening', resolve));
      // Nobody answers it, so it stays for whoever comes next.
      page.on('dialog', () => {});
      void page.evaluate(() => void setTimeout(() => alert('still here'), 0));
      await opened;
    },
    'dialog.test',
  ),
  openPage('`beforeunload` handler that wants to keep the tab', '/beforeunload', async (page) => {
    await page.evaluate(() => addEventListener('beforeunload', (event) => event.preventDefault()));
    await page.mouse.click(5, 5);
  }),
  openPage('DevTools window', '/devtools', async (page) => {
    const session = await page.context().browser()?.newBrowserCDPSession();
    await session?.send('Target.createTarget', { url: 'devtools://devtools/bundled/inspector.html' });
  }),
  {
    group,
    name: 'leftover browser context',
    plant: async ({ browserCdp, site }) => {
      const { browserContextId } = await browserCdp.send('Target.createBrowserContext', {
        disposeOnDetach: false,
      });
      await browserCdp.send('Target.createTarget', { url: `${site.plain()}/in-context`, browserContextId });
    },
    find: async ({ browserCdp }) =>
      (await browserCdp.send('Target.getBrowserContexts')).browserContextIds.length > 0,
  },
  {
    group,
    name: 'shared worker still alive',
    plant: async (holder) => {
      const page = await openTab(holder, `${holder.site.plain()}/shared`);
      await page.evaluate(() => void new SharedWorker('/shared-worker.js'));
    },
    find: (holder) => anyTarget(holder, ({ type }) => type === 'shared_worker'),
  },
  {
    group,
    name: 'dedicated worker still alive',
    plant: async (holder) => {
      const page = await openTab(holder, `${holder.site.plain()}/dedicated`);
      await page.evaluate(() => void new Worker('/worker.js'));
    },
    // The worker calls every 250 ms.
    find: (holder) => {
      const { visits } = holder.site;
      const before = visits.count('/worker-alive');
      return isSoon(holder, () => visits.count('/worker-alive') > before);
    },
  },
  {
    group,
    name: 'page that answers on a BroadcastChannel',
    plant: async (holder) => {
      const page = await openTab(holder, `${holder.site.plain()}/channel`);
      await page.evaluate(() => {
        const channel = new BroadcastChannel('leak');
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target origin
        channel.addEventListener('message', () => channel.postMessage('here'));
      });
    },
    find: (holder) =>
      withTab(holder, `${holder.site.plain()}/blank`, (page) =>
        page.evaluate(
          (patienceMs) =>
            new Promise<boolean>((resolve) => {
              const channel = new BroadcastChannel('leak');
              channel.addEventListener('message', () => resolve(true));
              // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target origin
              channel.postMessage('anyone?');
              setTimeout(() => resolve(false), patienceMs);
            }),
          holder.patienceMs,
        ),
      ),
  },
  {
    group,
    name: 'Web Lock held by an old page',
    plant: async (holder) => {
      const page = await openTab(holder, `${holder.site.secure()}/locks`);
      await page.evaluate(
        () =>
          new Promise<void>((held) => void navigator.locks.request('leak', () => new Promise(() => held()))),
      );
    },
    find: (holder) =>
      withTab(holder, `${holder.site.secure()}/blank`, (page) =>
        page.evaluate(
          async () => (await navigator.locks.query()).held?.some(({ name }) => name === 'leak') ?? false,
        ),
      ),
  },
  {
    group,
    name: '`window.name`',
    plant: async ({ page, site }) => {
      await page.goto(`${site.plain()}/blank`);
      await page.evaluate(() => void (window.name = 'leaked'));
    },
    find: ({ page }) => page.evaluate(() => window.name === 'leaked'),
  },
  {
    group,
    name: 'back and forward history of the tab',
    plant: async ({ page, site }) => {
      await page.goto(`${site.plain()}/blank`);
      await page.goto(`${site.plain()}/extra-history`);
    },
    find: async ({ pageCdp }) =>
      (await pageCdp.send('Page.getNavigationHistory')).entries.some(({ url }) =>
        url.endsWith('/extra-history'),
      ),
  },
  openPage(
    'tab whose renderer hangs',
    '/hung',
    // For good, but asleep: each turn waits for an answer that never comes, and takes no processor from all others.
    async (page) => {
      void page
        .evaluate(
          () =>
            void setTimeout(() => {
              for (;;) {
                try {
                  const request = new XMLHttpRequest();
                  request.open('GET', '/never-answered', false);
                  request.send();
                } catch {}
              }
            }, 0),
        )
        .catch(() => {});
    },
    'hung.test',
  ),
];

type Page = Awaited<ReturnType<typeof openTab>>;

function openPage(
  name: string,
  path: string,
  prepare: (page: Page) => Promise<unknown>,
  host = 'leak.test',
): LeakKind {
  return {
    group,
    name,
    plant: async (holder: Holder) => prepare(await openTab(holder, `${holder.site.plain(host)}${path}`)),
    find: (holder) =>
      anyTarget(
        holder,
        ({ url }) => url.endsWith(path) || (path === '/devtools' && url.startsWith('devtools://')),
      ),
  };
}
