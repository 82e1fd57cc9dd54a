import axe from 'axe-core';
import type { AxeResults, Result } from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, Locator, Page } from 'playwright-core';

export type Scheme = 'light' | 'dark';

interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: Scheme;
}

// Those of Playwright's own that Chrome would otherwise take to the network for, or hold a picture back by: it obeys the last
// list alone. With each window come two hidden pages for the address bar, each with a renderer, and another renderer in
// reserve. They take as long as opening the dashboard itself.
const disabledFeatures = [
  'AimEnabled',
  'HttpsUpgrades',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'SpareRendererForSitePerProcess',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxPopup',
];

/** A person's browser, apart from the slots, with whatever other arguments it needs. */
export async function startBrowser(...extraArgs: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium',
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      `--disable-features=${disabledFeatures.join(',')}`,
      ...extraArgs,
    ],
  });
}

/** A page of a person's, and everything that went wrong in it: errors, and what its policy forbade. */
export class ViewerPage {
  readonly page: Page;
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, url: string, look: Look = {}): Promise<ViewerPage> {
    const opened = new ViewerPage(await browser.newPage({ reducedMotion: 'reduce' }));
    await opened.visit(url, look);
    return opened;
  }

  /** Loads another address, and all of the page anew even if only the part after the `#` is another. */
  async load(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.reload();
  }

  /** Opens another address in the same page, which takes less than another page. It must have left the last one. */
  async visit(url: string, { width = 1_280, height = 800, scheme = 'light' }: Look = {}): Promise<void> {
    await this.page.setViewportSize({ width, height });
    await this.page.emulateMedia({ colorScheme: scheme });
    await this.page.goto(url);
  }

  /** Ends every connection to the address that is open, with the mouse where it points to nothing. */
  async leave(): Promise<void> {
    await this.page.mouse.move(0, 0);
    await this.page.goto('about:blank');
  }

  /** What axe finds that is serious or critical, as short sentences. */
  async seriousFindings(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    // Of what breaks no rule, one element each is told, which saves a fifth of the work.
    const { violations }: AxeResults = await this.page.evaluate("axe.run({ resultTypes: ['violations'] })");
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }: Result) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  }

  /** What nobody sees: elements beyond the right edge of the page, or of a box that cuts them off unmarked. */
  async cutOff(): Promise<string[]> {
    return this.page.evaluate(() => {
      const isCut = (element: Element): boolean => {
        const { right } = element.getBoundingClientRect();
        for (let box = element.parentElement; box !== null; box = box.parentElement) {
          const { overflowX, textOverflow } = getComputedStyle(box);
          if (overflowX === 'auto' || textOverflow === 'ellipsis' || box.matches('.unseen, .lane-strip'))
            return false;
          if (overflowX === 'hidden' && right > box.getBoundingClientRect().right + 1) return true;
        }
        return right > innerWidth + 1;
      };
      const cut = [...document.querySelectorAll('body *')].filter(isCut);
      return cut.slice(0, 5).map(({ outerHTML }) => outerHTML.slice(0, 120));
    });
  }

  /** The name of what has the focus, as a screen reader would say it. */
  async focused(): Promise<string> {
    return this.page.evaluate(() => {
      const { activeElement } = document;
      return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? '';
    });
  }

  /** The colour in the middle of the picture of a slot. */
  async colourOf(slot: number): Promise<number[]> {
    const picture = this.page.locator(`canvas[aria-label^="Live picture of slot ${slot}"]`);
    return picture.evaluate((canvas: HTMLCanvasElement) => [
      ...(canvas.getContext('2d')?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data ?? []),
    ]);
  }
}

/** A picture of one colour, as a browser would send it. Drawn, because a busy browser can refuse a screenshot. */
export async function jpegOf(browser: Browser, colour: string): Promise<Buffer> {
  const page = await browser.newPage();
  const url = await page.evaluate((fillStyle) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('The page cannot draw.');
    context.fillStyle = fillStyle;
    context.fillRect(0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/jpeg', 0.6);
  }, colour);
  await page.close();
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** Fails unless the element is there to be seen, now or soon. */
export async function expectShown(element: Locator): Promise<void> {
  await element.waitFor();
}

/** Fails unless a screen reader is told, now or soon. */
export async function expectAnnounced(page: Page, text: string): Promise<void> {
  await page.getByRole('status').getByText(text).waitFor({ state: 'attached' });
}
