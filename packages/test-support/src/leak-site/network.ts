import { fetched, inTab } from './leak-kind.js';
import type { Holder, LeakKind } from './leak-kind.js';

const group = 'Network';

/** What the network stack remembers. */
export const networkKinds: readonly LeakKind[] = [
  {
    group,
    name: 'HTTP cache',
    plant: (holder) => fetched(holder, holder.site.plain(), '/cached'),
    find: async (holder) => {
      const before = holder.site.visits.count('/cached');
      await fetched(holder, holder.site.plain(), '/cached');
      return holder.site.visits.count('/cached') === before;
    },
  },
  {
    group,
    name: 'ETag sent back to the server',
    plant: (holder) => fetched(holder, holder.site.plain(), '/etag'),
    find: async (holder) => (await fetched(holder, holder.site.plain(), '/etag')) !== null,
  },
  {
    group,
    name: 'cached permanent redirect',
    plant: (holder) => follow(holder, '/moved'),
    find: async (holder) => {
      const before = holder.site.visits.count('/moved');
      await follow(holder, '/moved');
      return holder.site.visits.count('/moved') === before;
    },
  },
  {
    group,
    name: 'HTTP basic login',
    plant: ({ page, site }) => page.goto(`${withLogin(site.plain())}/basic`),
    find: async (holder) => (await fetched(holder, holder.site.plain(), '/probe')) !== null,
  },
  {
    group,
    name: 'HTTP digest login',
    plant: ({ page, site }) => page.goto(`${withLogin(site.plain('other.test'))}/digest/login`),
    find: async (holder) =>
      (await fetched(holder, holder.site.plain('other.test'), '/digest/probe')) !== null,
  },
  openConnection('open connection, used again', ({ site }) => site.plain('sockets.test')),
  openConnection('TLS session, resumed', ({ site }) => site.secure('tls.test')),
  {
    group,
    name: 'client hints that a site asked for',
    // In a tab whose user agent nobody overrides: that would silence the hints.
    plant: ({ secondTab, site }) => secondTab.goto(`${site.secure('hints.test')}/hints`),
    find: async ({ secondTab, site }) => {
      await secondTab.goto(`${site.secure('hints.test')}/headers`);
      return secondTab.evaluate(() => document.body.textContent.includes('sec-ch-ua-model'));
    },
  },
  {
    group,
    name: 'HSTS',
    plant: ({ page, site }) => page.goto(`${site.secure('hsts.test')}/hsts`),
    // The upgrade leads to https on the plain server's port, where no TLS answers. The tab is a fresh one, because
    // the error page it ends on arrives late and would be in the way of the next visit.
    find: async (holder) => {
      const page = await holder.context.newPage();
      try {
        return await page.goto(`${holder.site.plain('hsts.test')}/blank`).then(
          () => false,
          () => true,
        );
      } finally {
        await page.close();
      }
    },
  },
];

// On a host of its own, to which no other kind leaves connections.
function openConnection(name: string, origin: (holder: Holder) => string): LeakKind {
  const isContinued = async (holder: Holder): Promise<boolean> => {
    await holder.page.goto(`${origin(holder)}/connection`);
    return holder.page.evaluate(() => document.body.textContent.trim() === 'true');
  };
  return { group, name, plant: isContinued, find: isContinued };
}

function withLogin(origin: string): string {
  return origin.replace('://', '://user:secret@');
}

function follow(holder: Holder, path: string): Promise<unknown> {
  const { site } = holder;
  return inTab(
    holder,
    `${site.plain()}/blank`,
    async (url) => (await fetch(url)).status,
    `${site.plain()}${path}`,
  );
}
