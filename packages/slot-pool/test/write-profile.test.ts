import { once } from 'node:events';
import { processTable } from '@escarp/child-process';
import { freePorts } from '@escarp/test-support';
import { expect, it } from 'vitest';
import { createOwnSockets } from '../src/devtools/own-sockets.js';
import { defaultLimits } from '../src/limits.js';
import type { RunningSlot, SlotContext } from '../src/running-slot.js';
import { slotPaths } from '../src/slot-paths.js';
import { writeProfileAndQuit } from '../src/write-profile.js';
import { startMarked } from './process/marked-process.js';

const processes = processTable(process.platform);

it.runIf(process.platform === 'linux')('a browser that cannot be told to quit is killed', async () => {
  const paths = slotPaths({ home: '/nonexistent/deaf', shortTmp: '/nonexistent' }, 0, 'autonomous');
  const browser = await startMarked(paths, '--type=utility');
  const ended = once(browser, 'exit');
  const facts = { index: 0, cdpWsUrl: `ws://127.0.0.1:${await freePorts(1)}/` } as RunningSlot['facts'];
  const context = { own: createOwnSockets(), limits: defaultLimits, processes } as SlotContext;
  await expect(writeProfileAndQuit({ facts }, paths, context)).rejects.toMatchObject({
    code: 'browser_unresponsive',
  });
  expect(await ended).toEqual([null, 'SIGKILL']);
});
