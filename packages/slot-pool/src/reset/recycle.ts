import type { Trash } from '@escarp/owned-files';
import type { ProcessEntry, ProcessTable } from '@escarp/child-process';
import { killSlotProcesses } from '../process/slot-processes.js';
import { discardDirectories } from '../slot-directories.js';
import type { PoolHome, SlotPaths } from '../slot-paths.js';

export interface RecyclePlan {
  readonly place: PoolHome;
  readonly paths: SlotPaths;
  readonly keepsProfile: boolean;
  readonly killMs: number;
  /** The slot's processes, as a look has just found them. */
  readonly seen: readonly ProcessEntry[];
  readonly processes: ProcessTable;
  readonly trash: Trash;
  /** A browser on the slot's own folders must wait until they are empty. */
  readonly launch: (emptied: Promise<void>) => Promise<void>;
}

/**
 * Kills the browser, removes its profile and TMPDIR and launches a new one. Connections of a former holder end with the old
 * process. Only a supervised profile survives.
 */
export async function recycle(plan: RecyclePlan): Promise<void> {
  await killSlotProcesses(plan.processes, plan.paths, plan.killMs, plan);
  const folders = plan.keepsProfile ? [plan.paths.tmp] : [plan.paths.profile, plan.paths.tmp];
  const emptied = discardDirectories(plan.trash, plan.place, folders);
  // Awaited below; a launch that fails first is what is told.
  emptied.catch(() => {});
  // The deletion competes with the launch for the disk, so it begins when the slot is ready.
  try {
    await plan.launch(emptied);
    await emptied;
  } finally {
    plan.trash.empty();
  }
}
