import { inTab, withTab } from './leak-kind.js';
import type { Holder, LeakKind } from './leak-kind.js';
import type { LeakSite } from './leak-site.js';

const group = 'Settings';

/** What is kept in the profile. It is reached through Chrome's own pages, whose scripts may change settings. */
export const settingKinds: readonly LeakKind[] = [
  {
    group,
    name: 'page zoom',
    plant: (holder) => inSettings(holder, (chrome) => chrome.settingsPrivate.setDefaultZoom(1.5)),
    find: (holder) => inTab(holder, `${holder.site.plain()}/blank`, () => devicePixelRatio === 1.5),
  },
  {
    group,
    name: 'browser preference',
    plant: (holder) =>
      inSettings(holder, (chrome) => chrome.settingsPrivate.setPref('bookmark_bar.show_on_all_tabs', true)),
    find: (holder) =>
      inSettings(holder, async (chrome) => {
        const { value } = await chrome.settingsPrivate.getPref('bookmark_bar.show_on_all_tabs');
        return value === true;
      }),
  },
  {
    group,
    name: 'permission stored in the profile',
    plant: (holder) =>
      inSettings(
        holder,
        (chrome, origin) => {
          // The first message makes Chrome's handler ready; without it the second one ends the browser.
          chrome.send('getDefaultValueForContentType', ['leak', 'notifications']);
          chrome.send('setCategoryPermissionForPattern', [origin, '', 'notifications', 'allow', false]);
        },
        holder.site.secure('other.test'),
      ),
    find: (holder) =>
      inTab(
        holder,
        `${holder.site.secure('other.test')}/blank`,
        async () => (await navigator.permissions.query({ name: 'notifications' })).state === 'granted',
      ),
  },
  {
    group,
    name: 'site setting chosen in the settings page',
    // What the page sends when somebody chooses. Drawing it takes longer than everything else in the settings together.
    plant: (holder) =>
      inSettings(
        holder,
        (chrome, origin) => {
          chrome.send('getDefaultValueForContentType', ['leak', 'media-stream-camera']);
          chrome.send('setOriginPermissions', [origin, 'media-stream-camera', 'block']);
        },
        holder.site.secure('sub.leak.test'),
      ),
    find: (holder) =>
      inTab(
        holder,
        `${holder.site.secure('sub.leak.test')}/blank`,
        async () => (await navigator.permissions.query({ name: 'camera' })).state === 'denied',
      ),
  },
  {
    group,
    name: 'certificate error clicked through',
    // As a person does who knows Chrome's page about the error: by typing.
    plant: async (holder) => {
      const page = await holder.context.newPage();
      const isRefused = await page.goto(`${holder.site.untrusted()}/blank`).then(
        () => false,
        () => true,
      );
      if (isRefused) {
        await page.bringToFront();
        await page.locator('#main-message').waitFor();
        const isThrough = page.waitForURL(`${holder.site.untrusted()}/blank`, { waitUntil: 'load' });
        await page.keyboard.type('thisisunsafe');
        await isThrough;
        await page.waitForFunction(() => document.title === '/blank');
      }
      await page.close();
    },
    find: async (holder) => {
      const page = await holder.context.newPage();
      try {
        return await page.goto(`${holder.site.untrusted()}/blank`).then(
          () => true,
          () => false,
        );
      } finally {
        await page.close();
      }
    },
  },
  {
    group,
    name: 'word added to the spelling dictionary',
    plant: (holder) =>
      inSettings(holder, (chrome) => chrome.languageSettingsPrivate.addSpellcheckWord('leakword')),
    find: (holder) =>
      inSettings(holder, async (chrome) =>
        (await chrome.languageSettingsPrivate.getSpellcheckWords()).includes('leakword'),
      ),
  },
  {
    group,
    name: 'ids of cameras and microphones that a site knows',
    plant: async (holder) => void deviceIds.set(holder.site, await microphones(holder)),
    find: async (holder) => (await microphones(holder)) === deviceIds.get(holder.site),
  },
  {
    group,
    name: 'address for autofill',
    plant: (holder) =>
      inSettings(holder, async (chrome) => {
        await chrome.settingsPrivate.setPref('autofill.profile_enabled', true);
        await chrome.autofillPrivate.saveAddress({
          fields: [
            { type: 'NAME_FULL', value: 'Former Holder' },
            { type: 'ADDRESS_HOME_STREET_ADDRESS', value: '1 Leak Street' },
            { type: 'ADDRESS_HOME_COUNTRY', value: 'US' },
          ],
        });
      }),
    find: (holder) =>
      inSettings(holder, async (chrome) => (await chrome.autofillPrivate.getAddressList()).length > 0),
  },
  {
    group,
    name: 'saved password',
    plant: (holder) =>
      inSettings(
        holder,
        (chrome, url) =>
          chrome.passwordsPrivate.addPassword({
            url,
            username: 'u',
            password: 'p',
            note: '',
            useAccountStore: false,
          }),
        `${holder.site.secure()}/`,
        'password-manager',
      ),
    find: (holder) =>
      inSettings(
        holder,
        async (chrome) => (await chrome.passwordsPrivate.getSavedPasswordList()).length > 0,
        undefined,
        'password-manager',
      ),
  },
  {
    group,
    name: 'bookmark',
    plant: (holder) =>
      inSettings(
        holder,
        (chrome) => chrome.bookmarks.create({ parentId: '1', title: 'leak', url: 'http://leak.test/' }),
        undefined,
        'bookmarks',
      ),
    find: (holder) =>
      inSettings(
        holder,
        async (chrome) => (await chrome.bookmarks.search('leak')).length > 0,
        undefined,
        'bookmarks',
      ),
  },
  {
    group,
    name: 'protocol handler',
    plant: async ({ page, pageCdp, site }) => {
      await page.goto(`${site.secure()}/blank`);
      await pageCdp.send('Page.setRPHRegistrationMode', { mode: 'autoAccept' });
      await page.evaluate(() => navigator.registerProtocolHandler('web+leak', '/handled?%s'));
    },
    find: (holder) =>
      withTab(holder, `${holder.site.secure()}/blank`, async (page) => {
        await page.evaluate(() => void (location.href = 'web+leak:x'));
        return page.waitForURL('**/handled*', { timeout: holder.patienceMs }).then(
          () => true,
          () => false,
        );
      }),
  },
];

/** The part of Chrome's private page APIs that is used here. */
interface ChromePages {
  readonly send: (message: string, values: readonly unknown[]) => void;
  readonly settingsPrivate: {
    setDefaultZoom: (factor: number) => unknown;
    setPref: (name: string, value: unknown) => Promise<unknown>;
    getPref: (name: string) => Promise<{ value: unknown }>;
  };
  readonly autofillPrivate: {
    saveAddress: (address: unknown) => unknown;
    getAddressList: () => Promise<unknown[]>;
  };
  readonly languageSettingsPrivate: {
    addSpellcheckWord: (word: string) => unknown;
    getSpellcheckWords: () => Promise<string[]>;
  };
  readonly passwordsPrivate: {
    addPassword: (options: unknown) => Promise<unknown>;
    getSavedPasswordList: () => Promise<unknown[]>;
  };
  readonly bookmarks: {
    create: (bookmark: unknown) => Promise<unknown>;
    search: (query: string) => Promise<unknown[]>;
  };
}

const deviceIds = new WeakMap<LeakSite, string>();

async function microphones(holder: Holder): Promise<string> {
  const origin = holder.site.secure();
  const permission = { name: 'microphone' };
  await holder.browserCdp.send('Browser.setPermission', { origin, permission, setting: 'granted' });
  return inTab(holder, `${origin}/blank`, async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    stream.getTracks().forEach((track) => track.stop());
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.map(({ deviceId }) => deviceId).join(' ');
  });
}

/**
 * Evaluates in one of Chrome's own pages. A script of the page is opened in its place: it is of the same origin and has the
 * same rights, and need not be drawn.
 */
function inSettings<R>(
  holder: Holder,
  work: (chrome: ChromePages, argument: string) => R | Promise<R>,
  argument = '',
  page: 'settings' | 'password-manager' | 'bookmarks' = 'settings',
): Promise<R> {
  return withTab(holder, `chrome://${page}/strings.m.js`, (tab) =>
    tab.evaluate<R>(`(${work.toString()})(chrome, ${JSON.stringify(argument)})`),
  );
}
