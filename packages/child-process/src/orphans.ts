import { setTimeout as pause } from 'node:timers/promises';
import { readProcFile } from './proc-file.js';
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
 * stays as a zombie. Tries it, which takes a few dozen milliseconds where it
 * is so, and all of `withinMs` where it is not. True where there is no /proc to look at.
 */
export async function orphansAreReaped(withinMs = withinMsDefault): Promise<boolean> {
  const pid = Number((await runCommand('/bin/sh', ['-c', makeOrphan], { timeoutMs })).stdout.trim());
  if (!Number.isInteger(pid) || pid <= 0) return true;
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += lookEveryMs) {
    if (readProcFile(`/proc/${pid}/stat`) === undefined) return true;
    await pause(lookEveryMs, undefined, { ref: false });
  }
  return false;
}
