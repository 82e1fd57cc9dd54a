import type { Accept, Acquire, Command } from './command.js';
import type { Effect } from './effect.js';
import type { RegistryEvent } from './event.js';
import type { Instant } from './instant.js';
import type { Reply } from './reply.js';
import { refused } from './reply.js';
import type { RegistryState } from './state.js';
import { nextWakeAt } from './state.js';
import { step } from './step.js';

type Outward = Exclude<Effect, { type: 'settle' }>;

/** One function per effect; the registry does not wait for them. They answer by submitting a command. */
export type EffectPorts = {
  readonly [T in Outward['type']]: (effect: Extract<Outward, { type: T }>) => void;
};

export interface RegistryPorts {
  readonly clock: () => Instant;
  /** Calls back once, no earlier than a monotonic time; returns how to call it off. */
  readonly wake: (atMonotonicMs: number, callback: () => void) => () => void;
  /** Resolves when the events are durable. Batches come one at a time, in order. */
  readonly append: (events: readonly RegistryEvent[]) => Promise<void>;
  readonly effects: EffectPorts;
}

/** The journal could not be written. A grant was taken back; an end of a lease stands and will be written later. */
export class JournalUnavailable extends Error {
  readonly code = 'journal_unavailable';
}

type Granting = Acquire | Accept;

interface Submission {
  readonly command: Command;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

interface Outcome extends Submission {
  readonly reply: Reply;
  readonly wrote: boolean;
}

interface Caller {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

const journalRetryMs = 1_000;

/**
 * Drives the pure core: takes commands in order, makes their events durable in groups, then lets replies and
 * effects out. It keeps one timer at the most, and none while nothing can expire.
 */
export class Registry {
  private current: RegistryState;
  private readonly ports: RegistryPorts;
  private submissions: Submission[] = [];
  private readonly callers = new Map<string, Set<Caller>>();
  private unwritten: RegistryEvent[] = [];
  private withheld: Effect[] = [];
  private running = false;
  private journalFailed = false;
  private closed = false;
  private timer: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(state: RegistryState, ports: RegistryPorts) {
    this.current = state;
    this.ports = ports;
    this.arm();
  }

  /** The present state. It may be ahead of the journal by the batch being written. */
  get state(): RegistryState {
    return this.current;
  }

  /**
   * Hands in a command. Resolves with its reply when its events are durable; for a caller put in line that is
   * `queued`. Rejects with `JournalUnavailable` only.
   */
  submit(command: Command): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.submissions.push({ command, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  /**
   * Acquires, standing in line if need be, and resolves with the one reply. When `signal` is aborted the caller
   * leaves the line at once, and a grant that had already been made for it is taken back.
   */
  async acquire(command: Acquire, signal?: AbortSignalLike): Promise<Reply> {
    const hasHungUp = (): boolean => signal?.aborted === true;
    if (hasHungUp()) return refused('wait_cancelled');
    const { promise, caller } = deferred();
    this.join(command.requestId, caller);
    const hangUp = (): void => this.hangUp(command, caller);
    signal?.addEventListener('abort', hangUp, { once: true });
    try {
      const reply = await this.submit(command);
      if (hasHungUp()) return this.abandon(command, reply);
      return reply.type === 'queued' ? await promise : reply;
    } finally {
      signal?.removeEventListener('abort', hangUp);
      this.leave(command.requestId, caller);
    }
  }

  /** Stops the timer. Commands are still taken, so that work in flight can be recorded. */
  close(): void {
    this.closed = true;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      while (this.submissions.length > 0) await this.runBatch();
    } finally {
      this.running = false;
      this.arm();
    }
  }

  private async runBatch(): Promise<void> {
    const batch = this.submissions;
    this.submissions = [];
    if (this.journalFailed) await this.write();
    const outcomes = batch.flatMap((submission) => this.take(submission));
    const written = this.unwritten.length === 0 || (await this.write());
    if (written) for (const { resolve, reply } of outcomes) resolve(reply);
    else this.answerUnwritten(outcomes);
    this.letOut();
  }

  /** Steps one command. While the journal cannot be written nothing is granted, so that nothing need be undone. */
  private take(submission: Submission): Outcome[] {
    const { command, reject } = submission;
    if (this.journalFailed && isGranting(command)) {
      reject(new JournalUnavailable('The journal cannot be written.'));
      return [];
    }
    const before = this.current.revision;
    try {
      const reply = this.advance(command);
      return [{ ...submission, reply, wrote: this.current.revision !== before }];
    } catch (broken) {
      reject(broken as Error);
      return [];
    }
  }

  private advance(command: Command): Reply {
    const now = this.ports.clock();
    const lateMs = this.timer === undefined ? 0 : now.monotonicMs - this.timer.at;
    if (lateMs > this.current.limits.lateMs) {
      this.disarm();
      this.stepOnce({ type: 'gap', lateMs }, now);
    }
    return this.stepOnce(command, now);
  }

  private stepOnce(command: Command, now: Instant): Reply {
    const { state, reply, events, effects } = step(this.current, command, now);
    this.current = state;
    if (events.length > 0) this.unwritten.push(...events);
    if (effects.length > 0) this.withheld.push(...effects);
    return reply;
  }

  /** Writes all that is not durable yet; what fails is kept and tried again with the next. */
  private async write(): Promise<boolean> {
    const events = this.unwritten;
    try {
      await this.ports.append(events);
      this.unwritten = [];
      this.journalFailed = false;
    } catch {
      this.journalFailed = true;
    }
    return !this.journalFailed;
  }

  private answerUnwritten(outcomes: readonly Outcome[]): void {
    const failure = new JournalUnavailable('The journal cannot be written.');
    for (const { command, reply, wrote, resolve, reject } of outcomes) {
      if (!wrote) resolve(reply);
      else reject(failure);
      if (wrote && isGranting(command)) this.undo(command.requestId, reply);
    }
    for (const effect of this.withheld) {
      if (effect.type !== 'settle') continue;
      for (const caller of this.callers.get(effect.requestId) ?? []) caller.reject(failure);
      this.undo(effect.requestId, effect.reply);
    }
    this.withheld = this.withheld.filter((effect) => effect.type !== 'settle');
  }

  private letOut(): void {
    if (this.journalFailed) return;
    const effects = this.withheld;
    this.withheld = [];
    for (const effect of effects) {
      if (effect.type === 'settle') this.settle(effect.requestId, effect.reply);
      else carryOut(this.ports.effects, effect);
    }
  }

  private settle(requestId: string, reply: Reply): void {
    const callers = this.callers.get(requestId);
    if (callers === undefined) this.undo(requestId, reply);
    else for (const caller of callers) caller.resolve(reply);
  }

  private join(requestId: string, caller: Caller): void {
    const callers = this.callers.get(requestId) ?? new Set();
    this.callers.set(requestId, callers.add(caller));
  }

  private leave(requestId: string, caller: Caller): void {
    const callers = this.callers.get(requestId);
    callers?.delete(caller);
    if (callers?.size === 0) this.callers.delete(requestId);
  }

  /** One of those who asked under this id has gone; with the last of them the place in line goes. */
  private hangUp({ requestId }: Acquire, caller: Caller): void {
    this.leave(requestId, caller);
    if (!this.callers.has(requestId)) void this.submit({ type: 'cancel', requestId }).catch(keepForLater);
    caller.resolve(refused('wait_cancelled'));
  }

  /** The caller hung up before its reply: it must not take a grant with it, unless somebody else asked the same. */
  private abandon({ requestId }: Acquire, reply: Reply): Reply {
    if (reply.type === 'granted' && !this.callers.has(requestId)) {
      this.undo(requestId, reply);
      return refused('wait_cancelled');
    }
    if (reply.type === 'queued') this.undo(requestId, reply);
    return refused('wait_cancelled');
  }

  /** Takes back what nobody was told of: a grant, or a place in line. */
  private undo(requestId: string, reply: Reply): void {
    if (reply.type === 'queued') void this.submit({ type: 'cancel', requestId }).catch(keepForLater);
    if (reply.type !== 'granted') return;
    const { tokenDigest } = reply.lease;
    void this.submit({ type: 'retract', tokenDigest, requestId }).catch(keepForLater);
  }

  /** An armed timer that is early enough stays: re-arming at every renewal would cost more than one idle wake. */
  private arm(): void {
    const retryAt = this.journalFailed ? this.ports.clock().monotonicMs + journalRetryMs : Infinity;
    const at = Math.min(retryAt, nextWakeAt(this.current));
    if (this.timer !== undefined && this.timer.at <= at && at !== Infinity) return;
    this.disarm();
    if (at === Infinity || this.closed) return;
    this.timer = { at, cancel: this.ports.wake(at, () => this.wakeUp(at)) };
  }

  private disarm(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private wakeUp(dueAt: number): void {
    this.timer = undefined;
    const lateMs = this.ports.clock().monotonicMs - dueAt;
    const late = lateMs > this.current.limits.lateMs;
    void this.submit(late ? { type: 'gap', lateMs } : { type: 'tick' }).catch(keepForLater);
  }
}

/** The part of an AbortSignal the registry needs. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

function isGranting(command: Command): command is Granting {
  return command.type === 'acquire' || command.type === 'accept';
}

function carryOut(ports: EffectPorts, effect: Outward): void {
  const port = ports[effect.type] as (effect: Outward) => void;
  port(effect);
}

function deferred(): { promise: Promise<Reply>; caller: Caller } {
  let caller: Caller | undefined;
  const promise = new Promise<Reply>((resolve, reject) => (caller = { resolve, reject }));
  promise.catch(keepForLater);
  return { promise, caller: caller as Caller };
}

/** The only failure is that the journal could not be written, and what it lacks is written with the next batch. */
function keepForLater(): void {}
