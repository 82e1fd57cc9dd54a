import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type { Json } from '../../src/escarp-home.js';

/** The page of a leased slot, filled with one colour, which counts the clicks that reach it. */
export class PaintedPage {
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  static async open(lease: Json, colour: string): Promise<PaintedPage> {
    const browser = await chromium.connectOverCDP(String(lease['cdp_ws_url']), { noDefaults: true });
    const page = browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error('The slot has no page.');
    await page.goto(`data:text/html,<body style="margin:0;background:${colour.replace('#', '%23')}">`);
    await page.evaluate(`
      window.clicks = [];
      window.clicked = new Promise((resolve) => {
        addEventListener('mousedown', ({ screenX: x, screenY: y }) => {
          window.clicks.push({ x, y });
          resolve();
        });
      });
      // Otherwise the promise would be the value, and be waited for.
      undefined;`);
    // Two frames, so that the colour is on the screen and not only in the document.
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    return new PaintedPage(browser, page);
  }

  /** Where on the screen the page was clicked. */
  async clicks(): Promise<unknown> {
    return this.#page.evaluate('window.clicks');
  }

  /** Resolves when the page was clicked for the first time. */
  async clicked(): Promise<void> {
    await this.#page.evaluate('window.clicked');
  }

  /** The colour of a pixel of a picture file, which the browser itself decodes. */
  async colourAt(file: string, x: number, y: number): Promise<string> {
    const picture = (await readFile(file)).toString('base64');
    const colour: string = await this.#page.evaluate(`(async () => {
      const bytes = Uint8Array.from(atob('${picture}'), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      canvas.drawImage(bitmap, 0, 0);
      const [red, green, blue] = canvas.getImageData(${x}, ${y}, 1, 1).data;
      return '#' + [red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('');
    })()`);
    return colour;
  }

  /** Disconnects; the browser lives on. */
  async close(): Promise<void> {
    await this.#browser.close();
  }
}
