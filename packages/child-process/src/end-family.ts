import { setTimeout as pause } from 'node:timers/promises';
import type { FamilyMember, FamilyOptions } from './process-family.js';
import { processFamily } from './process-family.js';
import { isRunning, signalProcess } from './signal-process.js';

const lookEveryMs = 10;
/** A killed process that does not go waits for the kernel; whoever waits here should not do so for ever. */
const killMs = 5_000;

/**
 * Ends every process of the family: asks by SIGTERM, and kills what is left after `graceMs`. Those that are started
 * meanwhile are ended too. Resolves with what outlived even that, which is nothing but processes stuck in the kernel.
 */
export async function endFamily(options: FamilyOptions, graceMs: number): Promise<FamilyMember[]> {
  const known = new Map((options.known ?? []).map((stamp) => [stamp.pid, stamp]));
  const look = async (): Promise<FamilyMember[]> => {
    const family = await processFamily({ ...options, known: [...known.values()] });
    for (const member of family) known.set(member.pid, member);
    return family;
  };
  const asked = new Set<string>();
  const ask = async (member: FamilyMember): Promise<void> => {
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

async function terminate(member: FamilyMember, platform: NodeJS.Platform): Promise<void> {
  await signalProcess(member, 'SIGTERM', platform);
  // A stopped process takes no other signal.
  if (member.isStopped) await signalProcess(member, 'SIGCONT', platform);
}

async function untilNone(
  look: () => Promise<FamilyMember[]>,
  signal: (member: FamilyMember) => Promise<void>,
  withinMs: number,
  platform: NodeJS.Platform,
): Promise<FamilyMember[]> {
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
