import type { IncomingMessage } from 'node:http';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationHandlers } from '@escarp/transport';
import { listen } from '../listen.js';
import { sampleHandlers } from '../sample-app.js';
import { startHostileSite } from './hostile-site.js';

type AnyHandler = (input: never, call: never) => unknown;
type Attack = (target: string) => Promise<{ tried: number; read: string[] }>;

/** Makes a page's request look like a program's, as if there were no guard. */
function hideMarks({ headers, rawHeaders }: IncomingMessage): void {
  for (const name of Object.keys(headers)) if (/^(origin|sec-fetch-.*)$/.test(name)) delete headers[name];
  const typeAt = rawHeaders.findIndex((name) => name.toLowerCase() === 'content-type');
  if (typeAt >= 0) rawHeaders[typeAt + 1] = 'application/json';
}

/** Handlers that record every call. */
function watched(): { handlers: OperationHandlers; reached: string[] } {
  const reached: string[] = [];
  const handlers = Object.fromEntries(
    Object.entries<AnyHandler>(sampleHandlers()).map(([name, handler]) => [
      name,
      (input: never, call: never) => {
        reached.push(name);
        return handler(input, call);
      },
    ]),
  ) as OperationHandlers;
  return { handlers, reached };
}

describe('a hostile page in a real browser', { tags: ['browser'] }, () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof startHostileSite>>;

  beforeAll(async () => {
    site = await startHostileSite();
    browser = await chromium.launch({
      executablePath: process.env['ESCARP_CFT_BINARY'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-quic', '--host-resolver-rules=MAP *.example 127.0.0.1'],
    });
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
  });

  const run = async (page: Page, target: string) =>
    await page.evaluate((to) => (window as unknown as { attack: Attack }).attack(to), target);

  const onPage = async (address: string, work: (page: Page) => Promise<void>) => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(address);
      await work(page);
    } finally {
      await context.close();
    }
  };

  it.each(['localhost', '127.0.0.1', 'evil.example'])(
    'from http://%s reads nothing and changes nothing',
    async (name) => {
      const { handlers, reached } = watched();
      const broker = await listen({ handlers });
      await onPage(`http://${name}:${site.port}/`, async (page) => {
        for (const target of [`http://127.0.0.1:${broker.port}`, `http://localhost:${broker.port}`]) {
          const { tried, read } = await run(page, target);
          expect(tried).toBeGreaterThan(50);
          expect(read).toEqual([]);
        }
      });
      expect(reached).toEqual([]);
    },
  );

  it('whose name was rebound to the broker reads nothing and changes nothing', async () => {
    const { handlers, reached } = watched();
    const broker = await listen({ handlers });
    await onPage(`http://rebound.example:${site.port}/`, async (page) => {
      expect((await run(page, `http://rebound.example:${broker.port}`)).read).toEqual([]);
      await page.goto(`http://rebound.example:${broker.port}/status`);
      expect(await page.textContent('body')).toContain('forbidden_host');
    });
    expect(reached).toEqual([]);
  });

  it.each([
    ['data:', (script: string) => `<iframe src="data:text/html,${encodeURIComponent(script)}"></iframe>`],
    [
      'sandboxed',
      (script: string) =>
        `<iframe sandbox="allow-scripts allow-forms" srcdoc="${script.replaceAll('"', '&quot;')}"></iframe>`,
    ],
  ])('from a %s frame reads nothing and changes nothing', async (_kind, frameOf) => {
    const { handlers, reached } = watched();
    const broker = await listen({ handlers });
    await onPage(`http://localhost:${site.port}/`, async (page) => {
      const attackSource = await page.evaluate(() =>
        String((window as unknown as { attack: Attack }).attack),
      );
      const read = await page.evaluate(
        async (markup) => {
          const done = new Promise((resolve) =>
            window.addEventListener('message', ({ data }) => resolve(data)),
          );
          const holder = document.createElement('div');
          document.body.append(holder);
          holder.innerHTML = markup;
          return await done;
        },
        frameOf(
          `<body><script>(${attackSource})('http://127.0.0.1:${broker.port}').then(({ read }) => parent.postMessage(read, '*'))</script>`,
        ),
      );
      expect(read).toEqual([]);
    });
    expect(reached).toEqual([]);
  });

  it('with a service worker reads nothing and changes nothing', async () => {
    const { handlers, reached } = watched();
    const broker = await listen({ handlers });
    await onPage(`http://localhost:${site.port}/`, async (page) => {
      const read = await page.evaluate(async (target) => {
        await navigator.serviceWorker.register('/worker.js');
        const { active } = await navigator.serviceWorker.ready;
        const done = new Promise((resolve) => {
          navigator.serviceWorker.addEventListener('message', ({ data }) => resolve(data));
          navigator.serviceWorker.startMessages();
        });
        active?.postMessage(target, []);
        return await done;
      }, `http://127.0.0.1:${broker.port}`);
      expect(read).toEqual([]);
    });
    expect(reached).toEqual([]);
  });

  it('that redirects into the broker reads nothing and changes nothing', async () => {
    const { handlers, reached } = watched();
    const broker = await listen({ handlers });
    await onPage(`http://localhost:${site.port}/`, async (page) => {
      const read = await page.evaluate(async (target) => {
        const texts: string[] = [];
        for (const mode of ['cors', 'no-cors', 'same-origin'] as const) {
          for (const init of [{}, { method: 'POST', body: '{"holder":"page"}' }]) {
            const url = `/redirect?to=${encodeURIComponent(`${target}${'body' in init ? '/acquire' : '/status'}`)}`;
            const text = await fetch(url, { ...init, mode }).then(
              (response) => response.text(),
              () => '',
            );
            if (text !== '') texts.push(text);
          }
        }
        return texts;
      }, `http://127.0.0.1:${broker.port}`);
      expect(read).toEqual([]);
    });
    expect(reached).toEqual([]);
  });

  it('would be served if nothing guarded the broker, so these attacks are real', async () => {
    const { handlers, reached } = watched();
    const broker = await listen({ handlers, before: hideMarks });
    await onPage(`http://localhost:${site.port}/`, async (page) => {
      await run(page, `http://127.0.0.1:${broker.port}`);
    });
    expect(reached).toContain('acquire');
    expect(reached).toContain('status');
  });
});
