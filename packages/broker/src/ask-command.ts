import { setTimeout as delay } from 'node:timers/promises';
import { startProcess } from '@escarp/child-process';
import { omitUndefined } from '@escarp/contract';
import type { RegistryEvent } from '@escarp/lease-registry';
import type { EventFeed } from './journal/event-feed.js';
import type { Log } from './log.js';
import { browserEnvironment, type Machine } from './machine.js';
import { slotOf } from './slots/slot-key.js';

/** What it takes to tell the operator's command that somebody waits for a person. */
export interface AskCommandOptions {
  /** Path of the program. It gets no arguments and no shell reads anything for it. */
  readonly command: string;
  readonly machine: Machine;
  readonly feed: EventFeed;
  /** The holder of a slot now, by its key in the registry. */
  readonly holderOf: (key: string) => string | undefined;
  readonly log: Log;
  /** Aborted when the broker stops; commands that still run are then ended. */
  readonly stopping: AbortSignal;
}

const timeoutMs = 10_000;
const atOnceMax = 4;

/**
 * Runs the command once for each question and each request for approval, in the order in which they come, a few at a time.
 * What it is about is in its environment. Resolves when the broker stops. Never rejects: a command that fails is logged.
 */
export async function runAskCommand(options: AskCommandOptions): Promise<void> {
  const { feed, stopping } = options;
  // One that falls behind is dropped by the feed, and begins anew.
  while (!stopping.aborted) {
    const events = feed.follow(stopping);
    const work = async (): Promise<void> => {
      for await (const event of events) {
        const told = waitingIn(event, options);
        if (told !== undefined) await run(options, told);
      }
    };
    await Promise.all(Array.from({ length: atOnceMax }, work));
  }
}

type Told = Readonly<Record<string, string>>;

/** Who waits for what, in words for the environment; undefined for all other events. */
function waitingIn({ change }: RegistryEvent, { holderOf }: AskCommandOptions): Told | undefined {
  if (change.type === 'ask-made') {
    const { id, reason, instructions, expiresAt } = change.ask;
    const text = omitUndefined({ ESCARP_ASK_INSTRUCTIONS: instructions });
    const where = {
      ESCARP_ASK_SLOT: String(slotOf(change.key)),
      ESCARP_ASK_HOLDER: holderOf(change.key) ?? '',
    };
    return { ...about('question', id, expiresAt), ...where, ESCARP_ASK_REASON: reason, ...text };
  }
  if (change.type !== 'waiter-queued' || change.waiter.approval === undefined) return undefined;
  const { approval, scope, claims = [] } = change.waiter;
  const reason = `to use ${claims.map(({ name }) => name).join(', ')}`;
  const words = { ESCARP_ASK_HOLDER: scope.holder, ESCARP_ASK_REASON: reason };
  return { ...about('approval', approval.id, approval.expiresAt), ...words };
}

function about(kind: 'question' | 'approval', id: string, expiresAt: number): Told {
  return { ESCARP_ASK_KIND: kind, ESCARP_ASK_ID: id, ESCARP_ASK_EXPIRES_AT: String(expiresAt / 1_000) };
}

/** What is asked is not logged: it may be meant for one person. */
async function run({ command, machine, log, stopping }: AskCommandOptions, told: Told): Promise<void> {
  const id = told['ESCARP_ASK_ID'];
  try {
    const env = { ...browserEnvironment(machine), ...told };
    const running = await startProcess(command, [], { env, stdio: 'ignore' });
    const over = new AbortController();
    const ended = running.exited.finally(() => over.abort());
    await Promise.race([ended, late(AbortSignal.any([over.signal, stopping]))]);
    running.kill('SIGKILL');
    const { exitCode } = await ended;
    if (exitCode !== 0 && !stopping.aborted) log.warn('ESCARP_ASK_COMMAND failed.', { id, exitCode });
  } catch (error) {
    log.warn('ESCARP_ASK_COMMAND could not be started.', { id, reason: String(error) });
  }
}

/** When a command has had its time, or the broker stops. */
async function late(signal: AbortSignal): Promise<void> {
  await delay(timeoutMs, undefined, { signal }).catch(() => undefined);
}
