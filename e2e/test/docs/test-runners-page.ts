import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { processesNaming } from '@escarp/test-support';
import { beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { readDocsPage } from '../../src/docs-page.js';
import type { EscarpHome } from '../../src/escarp-home.js';
import type { PageSite } from '../../src/page-site.js';
import { patience } from '../../src/playwright-suite.js';
import type { PoolAndSite } from '../../src/pool-and-site.js';

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

export function testRunnersPage(pool: () => PoolAndSite): void {
  describe('what docs/test-runners.md shows', { tags: ['browser'], timeout: 180_000 }, () => {
    let home: EscarpHome;
    let site: PageSite;
    let project: string;

    beforeAll(async () => {
      ({ home, site } = pool());
      project = await home.addProject('runners', installed);
      for (const [name, text] of Object.entries({ ...own, ...files })) {
        await mkdir(dirname(join(project, name)), { recursive: true });
        await writeFile(join(project, name), text);
      }
    });

    /** State directory of the pool that the global setup starts. */
    const ownPool = (): string => join(project, '.escarp');

    it.each(commands)('%s', async (command) => {
      onTestFailed(async () => home.endPool(ownPool()));
      const program = home.start(['sh', '-c', command], { PLAYWRIGHT_TEST_BASE_URL: site.url }, project);
      program.child.stdin.end();
      const { exitCode, stdout, stderr } = await program.ended;
      expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0 });
      expect(processesNaming(ownPool())).toEqual([]);
    });
  });
}
