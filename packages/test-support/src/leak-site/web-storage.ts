import { inTab, withTab } from './leak-kind.js';
import type { Holder, LeakKind } from './leak-kind.js';

const group = 'Storage of sites';

/** What a script can keep in the browser. Each works on the secure origin, where everything is allowed. */
export const webStorageKinds: readonly LeakKind[] = [
  stored(
    'localStorage',
    () => localStorage.setItem('leak', '1'),
    () => localStorage.getItem('leak') !== null,
  ),
  {
    group,
    name: 'sessionStorage of the first tab',
    plant: async ({ page, site }) => {
      await page.goto(`${site.secure()}/blank`);
      await page.evaluate(() => sessionStorage.setItem('leak', '1'));
    },
    find: async ({ page, site }) => {
      await page.goto(`${site.secure()}/blank`);
      return page.evaluate(() => sessionStorage.getItem('leak') !== null);
    },
  },
  stored(
    'IndexedDB',
    () =>
      new Promise<void>((resolve) => {
        indexedDB.open('leak').onsuccess = () => resolve();
      }),
    async () => (await indexedDB.databases()).some(({ name }) => name === 'leak'),
  ),
  stored(
    'CacheStorage',
    async () => (await caches.open('leak')).put('/x', new Response('x')),
    () => caches.has('leak'),
  ),
  stored(
    'service worker',
    async () => {
      await navigator.serviceWorker.register('/service-worker.js');
      await navigator.serviceWorker.ready;
    },
    async () => (await navigator.serviceWorker.getRegistration()) !== undefined,
  ),
  stored(
    'origin private file system (OPFS)',
    async () => (await navigator.storage.getDirectory()).getFileHandle('leak', { create: true }),
    async () =>
      (await navigator.storage.getDirectory()).getFileHandle('leak').then(
        () => true,
        () => false,
      ),
  ),
  stored(
    'storage bucket',
    () => navigator.storageBuckets.open('leak'),
    async () => (await navigator.storageBuckets.keys()).includes('leak'),
  ),
  {
    group,
    name: 'localStorage of a third-party frame (partitioned)',
    plant: (holder) => inFrame(holder, () => localStorage.setItem('framed', '1')),
    find: (holder) => inFrame(holder, () => localStorage.getItem('framed') !== null),
  },
  {
    group,
    name: 'notification shown, listed by its site',
    plant: (holder) =>
      inWorker(holder, (registration) => registration.showNotification('leak', { requireInteraction: true })),
    find: (holder) =>
      inWorker(holder, async (registration) => (await registration.getNotifications()).length > 0),
  },
  {
    group,
    name: 'background sync that is due',
    plant: (holder) => inWorker(holder, ({ sync }) => sync.register('leak')),
    find: (holder) => inWorker(holder, async ({ sync }) => (await sync.getTags()).includes('leak')),
  },
];

declare global {
  // Not in TypeScript's DOM yet.
  interface ServiceWorkerRegistration {
    readonly sync: { register: (tag: string) => Promise<void>; getTags: () => Promise<string[]> };
  }
  interface Navigator {
    readonly storageBuckets: { open: (name: string) => Promise<unknown>; keys: () => Promise<string[]> };
  }
}

function stored(name: string, plant: () => unknown, find: () => boolean | Promise<boolean>): LeakKind {
  return {
    group,
    name,
    plant: (holder) => inTab(holder, `${holder.site.secure()}/blank`, plant),
    find: (holder) => inTab(holder, `${holder.site.secure()}/blank`, find),
  };
}

/** With a service worker of its own, which the next holder registers anew when it is gone. */
async function inWorker<R>(
  holder: Holder,
  work: (registration: ServiceWorkerRegistration) => R | Promise<R>,
): Promise<R> {
  const origin = holder.site.secure('sub.leak.test');
  const permission = { name: 'notifications' };
  await holder.browserCdp.send('Browser.setPermission', { origin, permission, setting: 'granted' });
  return withTab(holder, `${origin}/blank`, async (page) => {
    const registration = await page.evaluateHandle(async () => {
      await navigator.serviceWorker.register('/sync-worker.js');
      return navigator.serviceWorker.ready;
    });
    return registration.evaluate(work);
  });
}

async function inFrame<R>(holder: Holder, work: () => R): Promise<R> {
  const page = await holder.context.newPage();
  try {
    await page.goto(`${holder.site.secure('other.test')}/blank`);
    await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const frame = document.createElement('iframe');
          frame.addEventListener('load', resolve);
          frame.src = url;
          document.body.append(frame);
        }),
      `${holder.site.secure()}/blank`,
    );
    const frame = page.frames()[1];
    if (frame === undefined) throw new Error('The frame did not load.');
    return await frame.evaluate(work);
  } finally {
    await page.close();
  }
}
