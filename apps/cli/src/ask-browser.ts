import { connectDevtools, createOwnSockets } from '@escarp/slot-pool';
import type { SlotBrowser } from '@escarp/os-identity';
import * as v from 'valibot';

/** What a slot's browser says about itself now. */
export interface AskedBrowser {
  readonly pid: number;
  /** Name and version, such as `Chrome/156.0.1.2`. */
  readonly product: string;
  /** The first page and its window; null if it has no page. */
  readonly cdp: NonNullable<SlotBrowser['cdp']> | null;
}

const callMs = 2_000;

/**
 * Asks the browser on a slot's port, because the status shows tabs to their holder only. Undefined if none answers
 * there.
 */
export async function askBrowser(cdpPort: number): Promise<AskedBrowser | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${cdpPort}/json/version`, {
      signal: AbortSignal.timeout(callMs),
    });
    const { webSocketDebuggerUrl } = v.parse(versionAnswer, await answer.json());
    const devtools = await connectDevtools(webSocketDebuggerUrl, { own: createOwnSockets(), callMs });
    try {
      return await read((method, params) => devtools.send(method, params));
    } finally {
      devtools.close();
      await devtools.closed;
    }
  } catch {
    return undefined;
  }
}

type Send = (method: string, params?: Record<string, unknown>) => Promise<unknown>;

async function read(send: Send): Promise<AskedBrowser | undefined> {
  const { processInfo } = v.parse(processAnswer, await send('SystemInfo.getProcessInfo'));
  const main = processInfo.find(({ type }) => type === 'browser');
  const { product } = v.parse(productAnswer, await send('Browser.getVersion'));
  const { targetInfos } = v.parse(targetAnswer, await send('Target.getTargets'));
  const page = targetInfos.find(({ type }) => type === 'page');
  if (main === undefined) return undefined;
  return { pid: main.id, product, cdp: page === undefined ? null : await windowOf(send, page.targetId) };
}

async function windowOf(send: Send, targetId: string): Promise<AskedBrowser['cdp']> {
  const { windowId, bounds } = v.parse(windowAnswer, await send('Browser.getWindowForTarget', { targetId }));
  const { left: x, top: y, width, height } = bounds;
  return { windowId, targetId, bounds: { x, y, width, height } };
}

const versionAnswer = v.object({ webSocketDebuggerUrl: v.string() });
const productAnswer = v.object({ product: v.string() });
const processAnswer = v.object({ processInfo: v.array(v.object({ type: v.string(), id: v.number() })) });
const targetAnswer = v.object({
  targetInfos: v.array(v.object({ type: v.string(), targetId: v.string() })),
});
const windowAnswer = v.object({
  windowId: v.number(),
  bounds: v.object({ left: v.number(), top: v.number(), width: v.number(), height: v.number() }),
});
