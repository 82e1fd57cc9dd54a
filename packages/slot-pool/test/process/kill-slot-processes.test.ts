import type { ProcessEntry } from '@escarp/child-process';
import { processTable } from '@escarp/child-process';
import { describe, expect, it } from 'vitest';
import { killSlotProcesses, slotProcesses } from '../../src/process/slot-processes.js';
import { slotPaths } from '../../src/slot-paths.js';
import { startMarked } from './marked-process.js';

const processes = processTable(process.platform);
const paths = slotPaths({ home: '/nonexistent/escarp-killed', shortTmp: '/nonexistent' }, 0, 'autonomous');
const minute = 60_000;

const look = (): Promise<readonly ProcessEntry[]> => slotProcesses(processes, paths);

describe.runIf(process.platform === 'linux')('killing the processes of a slot', () => {
  it('ends one that was started after the look it was given', async () => {
    await startMarked(paths);
    const seen = await look();
    await startMarked(paths);
    await killSlotProcesses(processes, paths, minute, { seen });
    expect(await look()).toEqual([]);
  });

  it('ends what is there although the look it was given found nothing, or what has ended since', async () => {
    await startMarked(paths);
    const former = await look();
    await killSlotProcesses(processes, paths, minute);
    for (const seen of [former, []]) {
      await startMarked(paths);
      await killSlotProcesses(processes, paths, minute, { seen });
      expect(await look()).toEqual([]);
    }
  });
});
