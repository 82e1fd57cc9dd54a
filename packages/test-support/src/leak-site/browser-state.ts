import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { inTab, isSoon, openTab, withTab } from './leak-kind.js';
import type { Holder, LeakKind } from './leak-kind.js';

/** What the browser itself keeps: history, settings, files, windows, extensions. Settings are reached through Chrome's own pages. */
export const browserStateKinds: readonly LeakKind[] = [
  {
    group: 'History',
    name: 'visited link',
    // Chrome keeps visited links apart by the page they were followed on.
    plant: (holder) =>
      withTab(holder, `${holder.site.plain()}/blank`, async (page) => {
        await page.setContent('<a href="/was-here">link</a>');
        await page.click('a');
        await page.waitForURL('**/was-here');
      }),
    find: async (holder) =>
      (await linkPixels(holder, '/was-here')) !== (await linkPixels(holder, '/never-visited')),
  },
  {
    group: 'History',
    name: 'entry in the history page',
    plant: ({ page, site }) => page.goto(`${site.plain()}/was-here-too`),
    find: (holder) =>
      withTab(holder, 'chrome://history/?q=was-here-too', async (page) => {
        const entries = page.locator('history-item');
        await entries.or(page.locator('#noResults:visible')).first().waitFor();
        return (await entries.count()) > 0;
      }),
  },
  {
    group: 'History',
    name: 'closed tab, reopened with its history',
    plant: async (holder) => {
      const page = await openTab(holder, `${holder.site.plain()}/before-it-was-closed`);
      await page.goto(`${holder.site.plain()}/closed`);
      await page.close();
    },
    // Where a person looks for it: the list of tabs that the button beside them opens.
    find: (holder) =>
      withTab(holder, 'chrome://tab-search.top-chrome/', async (page) => {
        await page.bringToFront();
        const items = page.locator('tab-search-item');
        await items.first().waitFor();
        // The list shows only the newest until it is searched.
        await page.locator('input').fill('/closed');
        await items.filter({ hasText: 'tab-search' }).waitFor({ state: 'hidden' });
        const closed = items.filter({ hasText: '/closed' });
        // What was found is drawn a little after what was not is gone.
        if (!(await isSoon(holder, async () => (await closed.count()) > 0))) return false;
        const reopening = holder.context.waitForEvent('page');
        await closed.first().click();
        const reopened = await reopening;
        await reopened.waitForURL('**/closed');
        const session = await holder.context.newCDPSession(reopened);
        const { entries } = await session.send('Page.getNavigationHistory');
        await reopened.close();
        return entries.some(({ url }) => url.endsWith('/before-it-was-closed'));
      }),
  },
  {
    group: 'Downloads',
    name: 'downloaded file in the slot’s download folder',
    plant: (holder) => download(holder, holder.slot.downloads),
    find: async ({ slot }) => (await filesIn(slot.downloads)).length > 0,
  },
  {
    group: 'Downloads',
    name: 'entry in the list of downloads',
    plant: (holder) => download(holder, holder.slot.downloads),
    find: (holder) =>
      withTab(holder, 'chrome://downloads/', async (page) => {
        const entries = page.locator('downloads-item');
        await entries.or(page.locator('#no-downloads:visible')).first().waitFor();
        return (await entries.count()) > 0;
      }),
  },
  lateDownload('download that ends after the reset', '/late-body', false),
  lateDownload('download that the site answers after the reset', '/late-answer', true),
  {
    group: 'Downloads',
    name: 'download folder set over CDP',
    plant: ({ browserCdp, slot }) =>
      browserCdp.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: slot.elsewhere }),
    find: (holder) => download(holder, holder.slot.elsewhere),
  },
  {
    group: 'Files',
    name: 'file in TMPDIR',
    plant: ({ slot }) => writeFile(join(slot.tmp, 'leak'), ''),
    find: ({ slot }) => exists(join(slot.tmp, 'leak')),
  },
  {
    group: 'Window',
    name: 'window bounds',
    plant: async ({ pageCdp }) => {
      const { windowId } = await pageCdp.send('Browser.getWindowForTarget');
      await pageCdp.send('Browser.setWindowBounds', { windowId, bounds: { width: 640, height: 480 } });
    },
    find: async ({ pageCdp, slot }) => {
      const { bounds } = await pageCdp.send('Browser.getWindowForTarget');
      return bounds.width !== slot.width;
    },
  },
  {
    group: 'Window',
    name: 'clipboard',
    plant: async (holder) => {
      await allowClipboard(holder);
      await inTab(holder, `${holder.site.secure()}/blank`, () => navigator.clipboard.writeText('leaked'));
    },
    find: async (holder) => {
      await allowClipboard(holder);
      return inTab(
        holder,
        `${holder.site.secure()}/blank`,
        async () => (await navigator.clipboard.readText()) === 'leaked',
      );
    },
  },
  {
    group: 'Extensions',
    name: 'extension loaded over CDP',
    plant: async ({ browserCdp, slot }) => {
      const path = join(slot.elsewhere, 'extension');
      await mkdir(path, { recursive: true });
      const manifest = {
        manifest_version: 3,
        name: 'leak',
        version: '1',
        content_scripts: [{ matches: ['<all_urls>'], js: ['content.js'] }],
      };
      await writeFile(join(path, 'manifest.json'), JSON.stringify(manifest));
      await writeFile(join(path, 'content.js'), "document.documentElement.dataset.extended = 'yes';");
      await browserCdp.send('Extensions.loadUnpacked', { path });
    },
    find: (holder) =>
      inTab(
        holder,
        `${holder.site.plain()}/blank`,
        () => document.documentElement.dataset['extended'] === 'yes',
      ),
  },
];

async function linkPixels(holder: Holder, path: string): Promise<string> {
  return withTab(holder, `${holder.site.plain()}/blank`, async (page) => {
    // A page in the background is not painted.
    await page.bringToFront();
    await page.setContent(`<style>a{color:#0f0}a:visited{color:#f00}</style><a href="${path}">■■■■</a>`);
    return (await picture(page)).toString('base64');
  });
}

/** Asked for until it is given, because a busy browser may refuse it and no question here is whether it does. */
async function picture(page: Page): Promise<Buffer> {
  const clip = { x: 0, y: 0, width: 100, height: 40 };
  for (;;) {
    try {
      return await page.screenshot({ clip });
    } catch (error) {
      if (!String(error).includes('Unable to capture screenshot')) throw error;
    }
  }
}

// No event says where a download ended up without changing where downloads go, so the folder is looked at.
async function download(holder: Holder, folder: string): Promise<boolean> {
  const { secondTab: page, site } = holder;
  const before = (await filesIn(folder)).length;
  await page.goto(`${site.plain()}/blank`);
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = '/download';
    link.click();
  });
  return isSoon(holder, async () => (await filesIn(folder)).length > before);
}

// Begun in a tab of its own, which a click on a link whose download is pending would block.
function lateDownload(name: string, path: string, isMarked: boolean): LeakKind {
  const file = `${path.slice(1)}.txt`;
  return {
    group: 'Downloads',
    name,
    plant: async (holder) => {
      const page = await openTab(holder, `${holder.site.plain()}/blank`);
      const before = holder.site.visits.count(path);
      await page.evaluate(
        ([href = '', saveAs]) => {
          const link = document.createElement('a');
          link.href = href;
          if (saveAs !== undefined) link.download = saveAs;
          // The answer to this evaluation must not wait for that of the site.
          setTimeout(() => link.click(), 0);
        },
        [path, ...(isMarked ? [file] : [])],
      );
      await isSoon(holder, () => holder.site.visits.count(path) > before);
    },
    find: async (holder) => {
      const { site, slot } = holder;
      if (!(await site.held.release(path))) return false;
      // Where a former holder still is, it may have set another folder.
      const folders = [slot.downloads, slot.elsewhere];
      return isSoon(holder, async () => (await Promise.all(folders.map(filesIn))).flat().includes(file));
    },
  };
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => !name.endsWith('.crdownload'));
}

// A page may use the clipboard only in the tab that is in front.
async function allowClipboard({ browserCdp, secondTab, site }: Holder): Promise<void> {
  await secondTab.bringToFront();
  for (const name of ['clipboard-read', 'clipboard-write']) {
    await browserCdp.send('Browser.setPermission', {
      origin: site.secure(),
      permission: { name },
      setting: 'granted',
    });
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
