import { readFile } from 'node:fs/promises';
import { runCommand } from './run-command.js';

/**
 * How many descriptors this process may have. Node raises the soft limit to the hard one as it starts, so it is what the
 * system allows at the most. Infinity where nobody tells.
 */
export async function openFilesMax(platform: NodeJS.Platform): Promise<number> {
  const text = platform === 'linux' ? await linuxLimit() : await shellLimit();
  const limit = Number(text);
  return Number.isInteger(limit) && limit > 0 ? limit : Infinity;
}

async function linuxLimit(): Promise<string | undefined> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  return /^Max open files\s+(\d+)/m.exec(limits)?.[1];
}

async function shellLimit(): Promise<string> {
  const { stdout } = await runCommand('/bin/sh', ['-c', 'ulimit -n'], { timeoutMs: 5_000 });
  return stdout.trim();
}
