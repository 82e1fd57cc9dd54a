import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { makeEscarpHome } from '../../src/escarp-home.js';
import { expectShown, startBrowser, ViewerPage } from '../src/viewer-page.js';

describe('escarp report --html', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: EscarpHome;
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
    home = await makeEscarpHome(1);
    await home.up();
    const { body } = await home.post('/acquire', { holder: 'agent@checkout', wait_s: 60 });
    await home.post('/release', { lease_token: body['lease_token'] });
    await home.escarp('down');
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await home.remove();
  }, 120_000);

  it('writes a page that tells the history, also while no daemon runs, and asks nobody for anything', async () => {
    const { exitCode, stdout } = await home.escarp('report', '--html', 'report.html', '--json');
    const file = join(home.project, 'report.html');
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, { html: file, events: expect.any(Number) }]);
    const seen = await ViewerPage.open(browser, 'about:blank');
    const asked: string[] = [];
    seen.page.on('request', (request) => asked.push(request.url()));
    const address = pathToFileURL(file).href;
    await seen.page.goto(address);
    await expectShown(seen.page.getByRole('img', { name: /^Slot 0: 1 lease/ }));
    await expectShown(seen.page.getByText('leased to agent@checkout (fence', { exact: false }).first());
    await expectShown(seen.page.getByRole('heading', { name: 'Slots leased' }));
    // The fonts are in the page.
    expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([address]);
    expect(seen.complaints).toEqual([]);
    await seen.page.close();
  });

  it('wants to be told which file', async () => {
    const { exitCode, stderr } = await home.escarp('report');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--html is missing');
  });

  it('says why it cannot write, and writes nothing', async () => {
    const { exitCode } = await home.escarp('report', '--html', 'no/such/folder/report.html');
    expect(exitCode).not.toBe(0);
    await expect(stat(join(home.project, 'no'))).rejects.toThrow('ENOENT');
  });
});
