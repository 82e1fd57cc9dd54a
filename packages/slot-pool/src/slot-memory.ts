import type { ProcessTable } from './process/process-table.js';
import { slotProcesses } from './process/slot-processes.js';
import type { SlotPaths } from './slot-paths.js';

/** Memory of all the slot's processes in bytes: PSS on Linux, resident size on macOS. Undefined when none runs. */
export async function slotMemoryBytes(
  processes: ProcessTable,
  paths: SlotPaths,
): Promise<number | undefined> {
  const entries = await slotProcesses(processes, paths);
  const sizes = await Promise.all(entries.map(({ pid }) => processes.memoryBytes(pid)));
  const known = sizes.filter((size) => size !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, size) => sum + size, 0);
}
