import { inTab, withTab } from './leak-kind.js';
import type { Holder, LeakKind } from './leak-kind.js';

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
        'chrome://password-manager/passwords',
      ),
    find: (holder) =>
      inSettings(
        holder,
        async (chrome) => (await chrome.passwordsPrivate.getSavedPasswordList()).length > 0,
        undefined,
        'chrome://password-manager/passwords',
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
        'chrome://bookmarks/',
      ),
    find: (holder) =>
      inSettings(
        holder,
        async (chrome) => (await chrome.bookmarks.search('leak')).length > 0,
        undefined,
        'chrome://bookmarks/',
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
        return page.waitForURL('**/handled*', { timeout: 2_000 }).then(
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
  readonly passwordsPrivate: {
    addPassword: (options: unknown) => Promise<unknown>;
    getSavedPasswordList: () => Promise<unknown[]>;
  };
  readonly bookmarks: {
    create: (bookmark: unknown) => Promise<unknown>;
    search: (query: string) => Promise<unknown[]>;
  };
}

function inSettings<R>(
  holder: Holder,
  work: (chrome: ChromePages, argument: string) => R | Promise<R>,
  argument = '',
  url = 'chrome://settings/help',
): Promise<R> {
  return withTab(holder, url, (page) =>
    page.evaluate<R>(`(${work.toString()})(chrome, ${JSON.stringify(argument)})`),
  );
}
