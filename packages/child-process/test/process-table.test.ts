import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { processTable } from '../src/index.js';

const { platform } = process;

describe('the process table', () => {
  it('has this process, and what it was started with', async () => {
    const { pid, argv0 } = process;
    const found = (await processTable(platform).list()).find((entry) => entry.pid === pid);
    expect(found?.commandLine).toContain(argv0.split('/').at(-1));
    expect(await processTable(platform).state(pid)).toMatchObject({ startedAt: found?.startedAt });
  });

  it.runIf(platform === 'linux')('has no thread of the kernel', async () => {
    const pids = new Set((await processTable(platform).list()).map(({ pid }) => pid));
    // Where pid 2 is not the kernel's, as in a container, there is none to be seen.
    expect(pids.has(2) && commandOf(2) === 'kthreadd').toBe(false);
  });
});

function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
