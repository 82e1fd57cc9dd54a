import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessEntry } from './process-entry.js';
import type { FamilyOptions } from './process-family.js';
import { processFamily } from './process-family.js';
import { isRunning, signalProcess } from './signal-process.js';

const lookEveryMs = 10;
/** A killed process that does not end is waiting for the kernel, which must not block the caller forever. */
const killMs = 5_000;

/**
 * Ends every process of the family: asks by SIGTERM, and kills what is left after `graceMs`. Those that are started
 * meanwhile are ended too. Resolves with what outlived even that, which is nothing but processes stuck in the kernel.
 */
export async function endFamily(options: FamilyOptions, graceMs: number): Promise<ProcessEntry[]> {
  const known = new Map((options.known ?? []).map((stamp) => [stamp.pid, stamp]));
  const look = async (): Promise<ProcessEntry[]> => {
    const family = await processFamily({ ...options, known: [...known.values()] });
    for (const member of family) known.set(member.pid, member);
    return family;
  };
  const asked = new Set<string>();
  const ask = async (member: ProcessEntry): Promise<void> => {
    const name = `${member.pid} ${member.startedAt}`;
    if (asked.has(name)) return;
    asked.add(name);
    await terminate(member, options.platform);
  };
  let left = await untilNone(look, ask, graceMs, options.platform);
  if (left.length > 0) {
    left = await untilNone(
      look,
      (each) => signalProcess(each, 'SIGKILL', options.platform),
      killMs,
      options.platform,
    );
  }
  return left;
}

async function terminate(member: ProcessEntry, platform: NodeJS.Platform): Promise<void> {
  await signalProcess(member, 'SIGTERM', platform);
  // A stopped process takes no other signal.
  if (member.isStopped) await signalProcess(member, 'SIGCONT', platform);
}

async function untilNone(
  look: () => Promise<ProcessEntry[]>,
  signal: (member: ProcessEntry) => Promise<void>,
  withinMs: number,
  platform: NodeJS.Platform,
): Promise<ProcessEntry[]> {
  const cutOff = AbortSignal.timeout(withinMs);
  let left = await look();
  while (left.length > 0 && !cutOff.aborted) {
    await Promise.all(left.map(signal));
    // The end of a process that is not our child has no event.
    for (const member of left) {
      while (!cutOff.aborted && (await isRunning(member, platform))) await pause(lookEveryMs);
    }
    left = await look();
  }
  return left;
}
