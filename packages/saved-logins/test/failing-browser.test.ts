import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { captureState, showsText, untilQuiet } from '../src/index.js';
import { fakeDevtools } from './fake-devtools.js';

describe('a browser that fails', () => {
  test.each(['Target.attachToTarget', 'Page.enable', 'Page.setLifecycleEventsEnabled'])(
    'when it is asked for %s, counts as quiet',
    async (method) => {
      const devtools = fakeDevtools({ ...oneTab, [method]: refusal });
      const unhandled = await unhandledDuring(async () => {
        await untilQuiet(devtools, 1);
        await once(AbortSignal.timeout(10), 'abort');
      });
      expect(unhandled).toEqual([]);
    },
  );

  test('to answer at all is waited for no longer than was said', async () => {
    const devtools = fakeDevtools({ ...oneTab, 'Page.enable': () => new Promise(() => {}) });
    expect(await untilQuiet(devtools, 1)).toBeUndefined();
  });

  test('to open the page of a check is waited for no longer than was said', async () => {
    const devtools = fakeDevtools({ 'Page.navigate': () => new Promise(() => {}) });
    expect(await showsText(devtools, { url: 'https://shop.example/', text: 'Sign out' }, 1)).toBe(false);
  });

  test.each([
    ['refuses to go to a page', refusal],
    ['cannot go to a page', async () => ({ errorText: 'net::ERR_ABORTED' })],
  ])('and %s is told of once, also when its connection ends', async (_what, navigate) => {
    const devtools = fakeDevtools({ 'Page.navigate': navigate });
    const wanted = { form: 'state', visited: [], limitedTo: ['https://shop.example'] } as const;
    const unhandled = await unhandledDuring(async () => {
      await expect(captureState(devtools, wanted)).rejects.toThrow(/refused|could not be made/);
      devtools.end();
    });
    expect(unhandled).toEqual([]);
  });
});

/** Rejections that nobody handles, any of which ends the daemon. */
async function unhandledDuring(work: () => Promise<void>): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    await work();
    await turn();
    return unhandled;
  } finally {
    process.off('unhandledRejection', note);
  }
}

const oneTab = { 'Target.getTargets': () => ({ targetInfos: [{ type: 'page', targetId: 'tab' }] }) };

async function refusal(): Promise<never> {
  throw new Error('refused');
}
