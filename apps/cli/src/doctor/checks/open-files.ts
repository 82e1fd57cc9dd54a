import { ok, warning, type Check } from '../finding.js';

/** What the daemon keeps for itself, and what it needs for each slot while its browser is started and watched. */
const own = 128;
const perSlot = 16;
const timeoutMs = 1_000;

export const openFiles: Check = {
  id: 'open-files',
  async run({ run, poolSize }) {
    // The hard limit, because Node raises the soft one to it.
    const limit = Number((await run('/bin/sh', ['-c', 'ulimit -H -n'], { timeoutMs })).stdout.trim());
    // Unlimited, or a shell that does not say.
    if (!Number.isInteger(limit) || limit <= 0) return [];
    const needed = own + perSlot * poolSize;
    if (limit >= needed) return [ok(`${limit} files may be open at once.`)];
    const what = `No more than ${limit} files may be open at once; ${poolSize} slots need about ${needed}.`;
    return [
      warning(what, `Raise the hard limit (ulimit -n ${needed}) for the shell that starts the daemon.`),
    ];
  },
};
