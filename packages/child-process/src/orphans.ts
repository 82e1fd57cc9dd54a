import { setTimeout as pause } from 'node:timers/promises';
import { readStat } from './proc-file.js';
import { runCommand } from './run-command.js';

/** A shell that a busy machine is slow to run must not be taken for a sign that orphans are reaped. */
const timeoutMs = 30_000;
/** Some inits are in no hurry. */
const withinMsDefault = 5_000;
const lookEveryMs = 20;

/** Its parent is gone before it ends. */
const makeOrphan = 'sleep 0.02 >/dev/null & echo $!';

/**
 * Whether somebody waits for processes that have lost their parent. In a container without an init nobody does, and each
 * stays as a zombie. Tries it, which takes as long as they take to reap it,
 * and `withinMs` where nobody does. True where there is no /proc to look at.
 */
export async function orphansAreReaped(withinMs = withinMsDefault): Promise<boolean> {
  const pid = Number((await runCommand('/bin/sh', ['-c', makeOrphan], { timeoutMs })).stdout.trim());
  if (!Number.isInteger(pid) || pid <= 0) return true;
  return isReaped(() => readStat(`/proc/${pid}/stat`)?.[0], withinMs);
}

/** `stateOf` answers with the letter of proc(5) for the state of a process, or undefined when there is none any more. */
export async function isReaped(stateOf: () => string | undefined, withinMs: number): Promise<boolean> {
  for (let zombieMs = 0; zombieMs < withinMs;) {
    const state = stateOf();
    if (state === undefined) return true;
    await pause(lookEveryMs, undefined, { ref: false });
    // On a busy machine it may be long until it has run, and nobody can reap it before.
    if (state === 'Z') zombieMs += lookEveryMs;
  }
  return false;
}
