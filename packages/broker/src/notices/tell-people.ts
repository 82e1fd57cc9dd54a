import { setTimeout as delay } from 'node:timers/promises';
import { startProcess } from '@escarp/child-process';
import { firstAborted } from '@escarp/contract';
import type { EventFeed } from '../journal/event-feed.js';
import type { Log } from '../log.js';
import { browserEnvironment, type Machine } from '../machine.js';
import { type HolderOf, noticeIn } from './notice.js';
import type { Invocation, Notifier } from './notifier.js';
import type { Untold } from './untold.js';

/** What it takes to tell people that somebody waits for them. */
export interface TellPeopleOptions {
  readonly notifier: Notifier;
  readonly machine: Machine;
  readonly feed: EventFeed;
  readonly holderOf: HolderOf;
  readonly log: Log;
  readonly untold: Untold;
  /** Aborted when the broker stops; programs that still run are then ended. */
  readonly stopping: AbortSignal;
}

const timeoutMs = 10_000;
const atOnceMax = 4;

/**
 * Runs the notifier once for each question and each request for approval, in the order in which they come, a few at a time.
 * Nobody waits for it. Resolves when the broker stops. Never rejects: a program that fails is logged.
 */
export async function tellPeople(options: TellPeopleOptions): Promise<void> {
  const { feed, notifier, holderOf, stopping } = options;
  // One that falls behind is dropped by the feed, and begins anew.
  while (!stopping.aborted) {
    const events = feed.follow(stopping);
    const work = async (): Promise<void> => {
      for await (const event of events) {
        const notice = noticeIn(event, holderOf);
        if (notice === undefined) continue;
        const invocation = notifier.invocation(notice);
        if (invocation !== undefined) await run(options, notice.id, invocation);
      }
    };
    await Promise.all(Array.from({ length: atOnceMax }, work));
  }
}

/** What is asked is not logged: it may be meant for one person. */
async function run(
  { notifier: { name }, machine, log, untold, stopping }: TellPeopleOptions,
  id: string,
  { command, args, env: own }: Invocation,
): Promise<void> {
  try {
    const env = { ...browserEnvironment(machine), ...own };
    const running = await startProcess(command, args, { env, stdio: 'ignore' });
    const over = new AbortController();
    const ended = running.exited.finally(() => over.abort());
    await Promise.race([ended, late(firstAborted([stopping], over.signal))]);
    running.kill('SIGKILL');
    const { exitCode } = await ended;
    if (exitCode === 0 || stopping.aborted) return;
    untold.add(id, `${name} failed.`);
    log.warn(`${name} failed.`, { id, exitCode });
  } catch (error) {
    untold.add(id, `${name} could not be started.`);
    log.warn(`${name} could not be started.`, { id, reason: String(error) });
  }
}

/** When a command has had its time, or the broker stops. */
async function late(signal: AbortSignal): Promise<void> {
  await delay(timeoutMs, undefined, { signal }).catch(() => undefined);
}
