import { inTab } from './leak-kind.js';
import type { LeakKind } from './leak-kind.js';

const group = 'Permissions and overrides';

/** What a CDP client can change about pages. Most of it is meant to end with the client; the table says what does. */
export const overrideKinds: readonly LeakKind[] = [
  {
    group,
    name: 'permission granted over CDP',
    plant: ({ browserCdp, site }) =>
      browserCdp.send('Browser.setPermission', {
        origin: site.secure(),
        permission: { name: 'geolocation' },
        setting: 'granted',
      }),
    find: (holder) =>
      inTab(
        holder,
        `${holder.site.secure()}/blank`,
        async () => (await navigator.permissions.query({ name: 'geolocation' })).state === 'granted',
      ),
  },
  {
    group,
    name: 'permission denied over CDP',
    plant: ({ browserCdp }) =>
      browserCdp.send('Browser.setPermission', { permission: { name: 'midi' }, setting: 'denied' }),
    find: (holder) =>
      inTab(
        holder,
        `${holder.site.secure('other.test')}/blank`,
        async () => (await navigator.permissions.query({ name: 'midi' })).state === 'denied',
      ),
  },
  {
    group,
    name: 'geolocation override',
    plant: ({ pageCdp }) =>
      pageCdp.send('Emulation.setGeolocationOverride', { latitude: 1, longitude: 2, accuracy: 3 }),
    find: async ({ page, site, browserCdp, patienceMs }) => {
      const origin = site.secure('sub.leak.test');
      await browserCdp.send('Browser.setPermission', {
        origin,
        permission: { name: 'geolocation' },
        setting: 'granted',
      });
      // A page in the background is not told where it is.
      await page.bringToFront();
      await page.goto(`${origin}/blank`);
      return page.evaluate(
        (timeout) =>
          new Promise<boolean>((resolve) => {
            navigator.geolocation.getCurrentPosition(
              ({ coords }) => resolve(coords.latitude === 1),
              () => resolve(false),
              { timeout },
            );
          }),
        patienceMs,
      );
    },
  },
  {
    group,
    name: 'user-agent override',
    plant: ({ pageCdp }) => pageCdp.send('Emulation.setUserAgentOverride', { userAgent: 'leaked-agent' }),
    find: ({ page }) => page.evaluate(() => navigator.userAgent === 'leaked-agent'),
  },
  {
    group,
    name: 'time zone override',
    plant: ({ pageCdp }) => pageCdp.send('Emulation.setTimezoneOverride', { timezoneId: 'Pacific/Chatham' }),
    find: ({ page }) =>
      page.evaluate(() => new Intl.DateTimeFormat().resolvedOptions().timeZone === 'Pacific/Chatham'),
  },
  {
    group,
    name: 'screen size override',
    plant: ({ pageCdp }) =>
      pageCdp.send('Emulation.setDeviceMetricsOverride', {
        width: 333,
        height: 444,
        screenWidth: 333,
        screenHeight: 444,
        deviceScaleFactor: 1,
        mobile: false,
      }),
    find: ({ page }) => page.evaluate(() => screen.width === 333),
  },
  {
    group,
    name: 'media and colour-scheme override',
    plant: ({ pageCdp }) =>
      pageCdp.send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: 'dark' }],
      }),
    find: ({ page }) => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches),
  },
  {
    group,
    name: 'extra request headers',
    plant: async ({ pageCdp }) => {
      await pageCdp.send('Network.enable');
      await pageCdp.send('Network.setExtraHTTPHeaders', { headers: { 'x-leak': '1' } });
    },
    find: async ({ page, site }) => {
      await page.goto(`${site.plain()}/headers`);
      return page.evaluate(() => document.body.textContent.includes('x-leak'));
    },
  },
  {
    group,
    name: 'script injected into new documents',
    plant: async ({ pageCdp }) => {
      await pageCdp.send('Page.enable');
      await pageCdp.send('Page.addScriptToEvaluateOnNewDocument', {
        source: 'globalThis.leakedScript = true',
      });
    },
    find: async ({ page, site }) => {
      await page.goto(`${site.plain()}/blank`);
      return page.evaluate(() => 'leakedScript' in globalThis);
    },
  },
  {
    group,
    name: 'request interception',
    plant: async ({ pageCdp }) => {
      pageCdp.on('Fetch.requestPaused', ({ requestId }) => {
        void pageCdp.send('Fetch.fulfillRequest', {
          requestId,
          responseCode: 200,
          body: btoa('"intercepted"'),
        });
      });
      await pageCdp.send('Fetch.enable', { patterns: [{ urlPattern: '*/intercept' }] });
    },
    find: async ({ page, site }) => {
      await page.goto(`${site.plain()}/blank`);
      return page.evaluate(async () => (await (await fetch('/intercept')).text()) === '"intercepted"');
    },
  },
  {
    group,
    name: 'virtual authenticator (WebAuthn)',
    plant: async ({ pageCdp }) => {
      await pageCdp.send('WebAuthn.enable');
      await pageCdp.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'internal',
          hasUserVerification: true,
          hasResidentKey: true,
        },
      });
    },
    find: async ({ page, site }) => {
      await page.goto(`${site.secure()}/blank`);
      return page.evaluate(() => PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable());
    },
  },
];
