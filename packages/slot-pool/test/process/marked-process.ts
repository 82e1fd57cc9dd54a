import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { slotMark } from '../../src/process/slot-processes.js';
import type { SlotPaths } from '../../src/slot-paths.js';

/** A process with these arguments that counts as the slot's by its mark, until its input or the test ends. */
export async function startMarked(paths: SlotPaths, ...words: string[]): Promise<ChildProcess> {
  const [name, value] = slotMark(paths);
  const child = spawn('sh', ['-c', 'echo ready; read line', 'chromium', ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, [name]: value },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}
