import { type Caller, Callers } from './callers.js';
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

/** What the registry needs of the world. */
export interface RegistryPorts {
  readonly clock: () => Instant;
  /** Calls back once, no earlier than a monotonic time; returns how to call it off. */
  readonly wake: (atMonotonicMs: number, callback: () => void) => () => void;
  /**
   * Resolves when the events are durable. Batches come one at a time, in order. After a rejection the same events
   * come again, with later ones behind them; those that were written after all do no harm when they stand twice.
   */
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
  readonly reject: (error: unknown) => void;
}

interface Outcome extends Submission {
  readonly reply: Reply;
  readonly wrote: boolean;
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
  private readonly callers = new Callers();
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
   * `queued`, and a grant that finds nobody waiting in `acquire` is taken back. Rejects with `JournalUnavailable`,
   * or with the error of a broken invariant, which is a defect here.
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
    if (signal?.aborted === true) return refused('wait_cancelled');
    const caller = this.callers.join(command.requestId);
    const hangUp = (): void => this.hangUp(caller);
    signal?.addEventListener('abort', hangUp, { once: true });
    try {
      const reply = await this.submit(command);
      if (caller.gone) this.abandon(caller, reply);
      else if (reply.type === 'granted') this.callers.deliver(command.requestId);
      return reply.type === 'queued' || caller.gone ? await caller.answer : reply;
    } finally {
      signal?.removeEventListener('abort', hangUp);
      this.callers.leave(caller);
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
    }
  }

  private async runBatch(): Promise<void> {
    const batch = this.submissions;
    this.submissions = [];
    if (this.journalFailed) await this.write();
    const outcomes = batch.flatMap((submission) => this.take(submission));
    const written = this.unwritten.length === 0 || (await this.write());
    this.arm();
    if (written) for (const { resolve, reply } of outcomes) resolve(reply);
    else this.answerUnwritten(outcomes);
    this.letOut();
  }

  /** Steps one command. While the journal cannot be written nothing is granted, so that nothing need be undone. */
  private take(submission: Submission): Outcome[] {
    const { command, reject } = submission;
    if (this.journalFailed && isGranting(command)) {
      reject(unavailable());
      return [];
    }
    const before = this.current.revision;
    try {
      const reply = this.advance(command);
      return [{ ...submission, reply, wrote: this.current.revision !== before }];
    } catch (broken) {
      reject(broken);
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

  /**
   * Answers a batch that is not on disk. Nobody is told of a grant, a place in line, a release or an offer that a
   * crash could undo; a renewal, which is never on disk, and a refusal that changed nothing hold all the same.
   */
  private answerUnwritten(outcomes: readonly Outcome[]): void {
    for (const { command, reply, wrote, resolve, reject } of outcomes) {
      if (!wrote && (reply.type === 'renewed' || reply.type === 'refused')) resolve(reply);
      else reject(unavailable());
      if (wrote && isGranting(command)) this.takeBack(command.requestId, reply);
    }
    for (const effect of this.withheld) {
      if (effect.type !== 'settle') continue;
      for (const caller of this.callers.present(effect.requestId)) caller.reject(unavailable());
      this.takeBack(effect.requestId, effect.reply);
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
    const callers = this.callers.present(requestId);
    if (callers.length === 0) return this.takeBack(requestId, reply);
    for (const caller of callers) caller.resolve(reply);
    if (reply.type === 'granted') this.callers.deliver(requestId);
  }

  /** One of those who asked under this id has gone; with the last of them the place in line goes. */
  private hangUp(caller: Caller): void {
    const { requestId } = caller;
    caller.gone = true;
    caller.resolve(refused('wait_cancelled'));
    if (!this.callers.isWanted(requestId)) this.submitUnasked({ type: 'cancel', requestId });
  }

  /** The caller hung up before its reply: it must not take a grant with it, unless somebody else asked the same. */
  private abandon({ requestId }: Caller, reply: Reply): void {
    if (!this.callers.isWanted(requestId)) this.takeBack(requestId, reply);
  }

  /** Takes back what nobody was told of: a grant, or a place in line. */
  private takeBack(requestId: string, reply: Reply): void {
    if (reply.type === 'queued') this.submitUnasked({ type: 'cancel', requestId });
    if (reply.type !== 'granted') return;
    this.submitUnasked({ type: 'retract', tokenDigest: reply.lease.tokenDigest, requestId });
  }

  /** For a command of the registry's own. It fails only with the journal, which gets its events later. */
  private submitUnasked(command: Command): void {
    this.submit(command).catch(() => undefined);
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
    this.submitUnasked(late ? { type: 'gap', lateMs } : { type: 'tick' });
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
  switch (effect.type) {
    case 'start':
      return ports.start(effect);
    case 'reset':
      return ports.reset(effect);
    case 'dispose':
      return ports.dispose(effect);
    default:
      effect satisfies never;
  }
}

function unavailable(): JournalUnavailable {
  return new JournalUnavailable('The journal cannot be written.');
}
