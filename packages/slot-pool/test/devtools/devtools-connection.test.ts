import { startFakeChrome } from '@escarp/test-support';
import type { FakeChrome, FakeChromeFault } from '@escarp/test-support';
import { afterEach, describe, expect, it } from 'vitest';
import { connectDevtools } from '../../src/devtools/devtools-connection.js';
import type { DevtoolsConnection } from '../../src/devtools/devtools-connection.js';
import { readBrowserVersion } from '../../src/devtools/devtools-endpoint.js';
import { createOwnSockets } from '../../src/devtools/own-sockets.js';
import { resetTabs } from '../../src/reset/tabs.js';

const own = createOwnSockets();

describe('a browser that misbehaves', () => {
  let chrome: FakeChrome | undefined;

  afterEach(() => chrome?.close());

  async function connected(fault: FakeChromeFault, callMs = 20_000): Promise<DevtoolsConnection> {
    chrome = await startFakeChrome(fault);
    return connectDevtools(chrome.wsUrl, { own, callMs });
  }

  it('is given up on at the deadline of a call if it never answers', async () => {
    const connection = await connected('stalls', 300);
    await expect(connection.send('Browser.getVersion')).rejects.toMatchObject({ code: 'deadline_exceeded' });
    connection.close();
    await connection.closed;
  });

  it.each([
    ['huge_frame', 'answer_too_large'],
    ['babbles', 'devtools_error'],
    ['hangs_up', 'devtools_error'],
  ] as const)('is cut off when it %s, and every open call fails with %s', async (fault, code) => {
    const connection = await connected(fault);
    const calls = [connection.send('Browser.getVersion'), connection.send('Target.getTargets')];
    const ends = await Promise.allSettled(calls);
    expect(ends).toEqual(
      calls.map(() => ({ status: 'rejected', reason: expect.objectContaining({ code }) as unknown })),
    );
    await connection.closed;
  });

  it('fails a reset if it lies about its targets', async () => {
    const connection = await connected('lies');
    await expect(resetTabs(connection)).rejects.toMatchObject({ code: 'devtools_error' });
    connection.close();
  });

  it('is given up on if it accepts the connection and says nothing', async () => {
    chrome = await startFakeChrome('deaf');
    await expect(connectDevtools(chrome.wsUrl, { own, callMs: 300 })).rejects.toMatchObject({
      code: 'browser_unresponsive',
    });
  });

  it.each(['deaf', 'endless_version', 'lies', 'stalls'] as const)(
    'has no version when it %s',
    async (fault) => {
      chrome = await startFakeChrome(fault);
      await expect(readBrowserVersion(chrome.port, own, 500)).rejects.toMatchObject({
        code: 'browser_unresponsive',
      });
    },
  );

  it('refuses calls after the connection has ended', async () => {
    const connection = await connected('stalls');
    connection.close();
    await connection.closed;
    await expect(connection.send('Browser.getVersion')).rejects.toMatchObject({ code: 'devtools_error' });
  });
});
