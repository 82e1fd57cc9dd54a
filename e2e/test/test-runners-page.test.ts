import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { processesNaming } from '@escarp/test-support';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { readDocsPage } from '../src/docs-page.js';
import type { EscarpHome } from '../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../src/escarp-home.js';
import type { PageSite } from '../src/page-site.js';
import { startPageSite } from '../src/page-site.js';
import { patience } from '../src/playwright-suite.js';

const { files, commands } = await readDocsPage('test-runners');

/** What the commands start, and what the files import. */
const installed = [
  '@escarp/playwright-test',
  '@playwright/test',
  '@vitest/browser-playwright',
  'playwright',
  'playwright-core',
  'vitest',
];

/** What the page takes for granted that its reader has. */
const own = {
  'playwright.config.mjs': `export default { testMatch: '*.spec.*', workers: 1, ${patience} };`,
  'with-setup.config.mjs': `export default { globalSetup: './global-setup.mjs', testMatch: 'shop.spec.mjs', workers: 2, ${patience} };`,
  'tests/shop.spec.mjs': `import { expect, test } from '@playwright/test';
    test('has a title', async ({ page }) => {
      await page.goto('/');
      await expect(page).toHaveTitle('Workbench');
    });`,
  'browser/sum.test.js': `import { expect, test } from 'vitest';
    test('has a document', () => expect(document.body.tagName).toBe('BODY'));`,
  'visit.mjs': `console.log(new URL(process.env.ESCARP_CDP_HTTP_URL).port === process.env.ESCARP_CDP_PORT);`,
  'package.json': `{ "name": "project", "private": true, "type": "module", "workspaces": ["packages/*"] }`,
  'packages/shop/package.json': `{ "name": "shop", "scripts": { "test": "playwright test" } }`,
  'packages/shop/shop.spec.mjs': `import { test } from '@playwright/test';
    test('opens', async ({ page }) => { await page.goto(process.env.PLAYWRIGHT_TEST_BASE_URL); });`,
};

describe('what docs/test-runners.md shows', { tags: ['browser'], timeout: 180_000 }, () => {
  let home: EscarpHome;
  let site: PageSite;

  beforeAll(async () => {
    site = await startPageSite();
    home = await makeEscarpHome(2, { ...keepsBrowsers, PLAYWRIGHT_TEST_BASE_URL: site.url }, installed);
    for (const [name, text] of Object.entries({ ...own, ...files })) {
      await mkdir(dirname(join(home.project, name)), { recursive: true });
      await writeFile(join(home.project, name), text);
    }
    await home.up();
  }, 120_000);
  afterEach(async () => home.settled(), 120_000);
  afterAll(async () => {
    site.close();
    await home.remove();
  }, 120_000);

  /** State directory of the pool that the global setup starts. */
  const ownPool = (): string => join(home.project, '.escarp');

  it.each(commands)('%s', async (command) => {
    onTestFailed(async () => home.endPool(ownPool()));
    const { exitCode, stdout, stderr } = await home.run(['sh', '-c', command]);
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0 });
    expect(processesNaming(ownPool())).toEqual([]);
  });
});
