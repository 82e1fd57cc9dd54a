import { inTab } from './leak-kind.js';
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
];

declare global {
  // Not in TypeScript's DOM yet.
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
