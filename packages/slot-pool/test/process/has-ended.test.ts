import { processTable } from '@escarp/child-process';
import { describe, expect, it } from 'vitest';
import { hasEnded } from '../../src/process/slot-processes.js';
import { slotPaths } from '../../src/slot-paths.js';
import { startMarked } from './marked-process.js';

const processes = processTable(process.platform);
const paths = slotPaths({ home: '/nonexistent/escarp', shortTmp: '/nonexistent' }, 0, 'autonomous');

describe.runIf(process.platform === 'linux')('a browser has ended', () => {
  it('when the last process has that writes the profile for it', async () => {
    const writer = await startMarked(
      paths,
      '--type=utility',
      '--utility-sub-type=network.mojom.NetworkService',
    );
    expect(await hasEnded(processes, paths, 1)).toBe(false);
    writer.stdin?.end();
    expect(await hasEnded(processes, paths, 60_000)).toBe(true);
  });

  it('whatever it has started that is no part of it', async () => {
    await startMarked(paths, '--open', 'https://shop.example/');
    expect(await hasEnded(processes, paths, 60_000)).toBe(true);
  });
});
