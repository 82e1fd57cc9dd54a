import { readFile } from 'node:fs/promises';
import { runCommand } from '@escarp/child-process';
import type { ProcessTable } from '@escarp/child-process';
import { slotProcesses } from './process/slot-processes.js';
import type { SlotPaths } from './slot-paths.js';

/** Memory of all the slot's processes in bytes: PSS on Linux, resident size on macOS. Undefined if none is running. */
export async function slotMemoryBytes(
  processes: ProcessTable,
  paths: SlotPaths,
): Promise<number | undefined> {
  const memoryBytes = processes.platform === 'linux' ? sharedBytes : residentBytes;
  const entries = await slotProcesses(processes, paths);
  const sizes = await Promise.all(entries.map(({ pid }) => memoryBytes(pid)));
  const known = sizes.filter((size) => size !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, size) => sum + size, 0);
}

// The kernel walks a process's mappings for this, which takes milliseconds each; so it goes through the thread pool.
async function sharedBytes(pid: number): Promise<number | undefined> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

async function residentBytes(pid: number): Promise<number | undefined> {
  const { stdout } = await runCommand('/bin/ps', ['-o', 'rss=', '-p', String(pid)], { timeoutMs: 5_000 });
  const kilobytes = Number(stdout.trim());
  return Number.isFinite(kilobytes) && kilobytes > 0 ? kilobytes * 1024 : undefined;
}
