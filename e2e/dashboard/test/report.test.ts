import { readFile, rm, mkdtemp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event, slotState, told } from '../src/told.js';
import { expectShown, startBrowser, ViewerPage } from '../src/viewer-page.js';

const dashboard = dirname(createRequire(import.meta.url).resolve('@escarp/dashboard/package.json'));
const place = '<script type="application/json" id="report-data">null</script>';

describe('the report', { tags: ['browser'], timeout: 120_000 }, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await startBrowser();
    folder = await mkdtemp(join(tmpdir(), 'esc-'));
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  const reportOn = async (text: string): Promise<string> => {
    const { timeline, figures } = told([slotState(0), slotState(1)]);
    const events = [...timeline.events, event(900, 1, 10, 'resource-lost', text)];
    const data = { title: 'Pool on a machine', version: '1.2.3', timeline: { ...timeline, events }, figures };
    const template = await readFile(join(dashboard, 'dist/report.html'), 'utf8');
    expect(template.split(place)).toHaveLength(2);
    const file = join(folder, 'report.html');
    const json = JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
    await writeFile(
      file,
      template.replace(place, () => place.replace('null', () => json)),
    );
    return pathToFileURL(file).href;
  };

  it.each(['light', 'dark'] as const)('is one file that needs nothing else, %s', async (scheme) => {
    const address = await reportOn('browser died');
    const seen = await ViewerPage.open(browser, address, { scheme });
    await expectShown(seen.page.getByRole('heading', { name: 'Pool on a machine' }));
    await expect.poll(() => seen.page.getByRole('img').count()).toBe(7);
    expect(await seen.seriousFindings()).toEqual([]);
    expect(await seen.cutOff()).toEqual([]);
    expect(seen.complaints).toEqual([]);
    await seen.page.close();
  });

  it('runs nothing that the data brings along', async () => {
    const hostile = `</script><script>document.title = 'taken'</script><img src=x onerror="document.title = 'taken'">`;
    const seen = await ViewerPage.open(browser, await reportOn(hostile));
    await expectShown(seen.page.getByText(hostile));
    expect(await seen.page.title()).toBe('escarp report');
    await seen.page.close();
  });
});
