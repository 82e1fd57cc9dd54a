import { chromium } from 'playwright-core';
import type { EscarpPool } from './escarp-pool.js';

/** The dashboard in a browser of a person, who has taken slot 0 over: one that is on a display, and so shown by noVNC. */
export interface DashboardPage {
  /** Bytes that have come over WebSockets so far. */
  readonly bytes: () => number;
  /** Shows the slot, and resolves when its picture is there. */
  watch(): Promise<void>;
  /** Shows no picture. */
  rest(): Promise<void>;
  /** Clicks the middle of the picture; resolves with the milliseconds until it has changed there. */
  click(): Promise<number>;
  close(): Promise<void>;
}

export async function openDashboardPage(pool: EscarpPool, executablePath: string): Promise<DashboardPage> {
  const { url }: { url: string } = JSON.parse(await pool.escarp('view', '--control', '--json'));
  const browser = await chromium.launch({ executablePath });
  const page = await browser.newPage({ viewport: { width: 1_600, height: 1_100 }, reducedMotion: 'reduce' });
  let bytes = 0;
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  network.on('Network.webSocketFrameReceived', ({ response: { payloadData, opcode } }) => {
    // Chrome tells binary messages in base64.
    bytes += opcode === 2 ? (payloadData.length * 3) / 4 : payloadData.length;
  });
  await page.goto(url);
  await page.getByRole('link', { name: 'Slot 0', exact: true }).click();
  await page.getByRole('button', { name: 'Take over' }).click();
  // Taking over replaces the picture that was there before.
  const screen = page.locator('.vnc[role=application] canvas');
  const untilDrawn = async (): Promise<void> => {
    await screen.waitFor();
    await page.waitForFunction(isDrawn, await screen.elementHandle());
  };
  await untilDrawn();
  return {
    bytes: () => bytes,
    watch: async () => {
      await page.evaluate("location.hash = '#/slot/0'");
      await untilDrawn();
    },
    rest: async () => {
      await page.evaluate("location.hash = '#/figures'");
      await screen.waitFor({ state: 'detached' });
    },
    click: async () => {
      const changed = screen.evaluate(untilChanged);
      await screen.click();
      return changed;
    },
    close: () => browser.close(),
  };
}

/** Run in the page: until the first picture has come, there is nothing in the middle. */
function isDrawn(canvas: Element | null): boolean {
  if (!(canvas instanceof HTMLCanvasElement) || canvas.width < 100) return false;
  const { width, height } = canvas;
  return canvas.getContext('2d')?.getImageData(width / 2, height / 2, 1, 1).data[3] === 255;
}

/** Run in the page: how long after the next press of a button the middle of the picture has another colour. */
function untilChanged(canvas: Element): Promise<number> {
  if (!(canvas instanceof HTMLCanvasElement)) throw new Error('This is no canvas.');
  const { width, height } = canvas;
  const colour = (): string =>
    String(
      canvas
        .getContext('2d')
        ?.getImageData(width / 2, height / 2, 1, 1)
        .data.join(),
    );
  const before = colour();
  let pressedAt = Infinity;
  addEventListener('pointerdown', ({ timeStamp }) => (pressedAt = timeStamp), { once: true, capture: true });
  const patienceMs = 30_000;
  const beganAt = performance.now();
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const now = performance.now();
      if (pressedAt < Infinity && colour() !== before) resolve(now - pressedAt);
      else if (now - beganAt > patienceMs) reject(new Error('A click has changed nothing that is shown.'));
      else requestAnimationFrame(look);
    };
    look();
  });
}
