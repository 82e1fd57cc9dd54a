import { setTimeout as pause } from 'node:timers/promises';
import { firstAborted } from '@escarp/contract';
import type { Fetch } from '@escarp/transport/client';
import { httpFetch, OperationError } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import { answerAt } from './daemon-state.js';

/**
 * How long a daemon may be silent before a command gives up: a machine under load, or asleep, is silent for seconds.
 */
export const busyMs = 10_000;
const everyMs = 2_000;
const answerMs = 1_000;

/**
 * A fetch that limits silence and not work: a call, such as one that waits in the queue, may take as long as it likes,
 * as long as the daemon answers health checks meanwhile. Throws `daemon_unresponsive` if it has not done so for ten
 * seconds.
 */
export function patientFetch(cli: Cli, baseUrl: string): Fetch {
  return async (url, { signal, ...init }) => {
    const over = new AbortController();
    const given = firstAborted(signal === undefined ? [] : [signal], over.signal);
    const call = exchange(url, { ...init, signal: given });
    try {
      return await Promise.race([call, untilSilent(cli, baseUrl, over.signal)]);
    } finally {
      over.abort();
    }
  };
}

export function unresponsive(who: string): OperationError {
  return new OperationError('daemon_unresponsive', {
    message: `${who[0]?.toUpperCase() ?? ''}${who.slice(1)} does not answer; nothing was changed.`,
  });
}

/** Reads the whole reply, so that its end is awaited here too. */
async function exchange(...request: Parameters<Fetch>): ReturnType<Fetch> {
  const reply = await httpFetch(...request);
  const text = await reply.text();
  return { status: reply.status, text: async () => text };
}

/** Never resolves. Rejects if the daemon is silent for too long, unless the call ends first. */
async function untilSilent(cli: Cli, baseUrl: string, over: AbortSignal): Promise<never> {
  let heardMs = cli.clocks.monotonicMs();
  let isTold = false;
  while (!over.aborted) {
    await pause(everyMs, undefined, { signal: over, ref: false }).catch(() => {});
    const answer = over.aborted ? 'daemon' : await answerAt(baseUrl, answerMs);
    const nowMs = cli.clocks.monotonicMs();
    if (answer !== 'silent') heardMs = nowMs;
    else if (nowMs - heardMs >= busyMs) throw unresponsive(`the daemon at ${baseUrl}`);
    else if (!isTold) {
      isTold = true;
      say(cli, `The daemon does not answer; waiting for it up to ${busyMs / 1_000} s`);
    }
  }
  return new Promise(() => {});
}
