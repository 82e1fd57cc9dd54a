import { type Caller, Callers } from './callers.js';
import type { Accept, Acquire, Command } from './command.js';
import type { Effect } from './effect.js';
import type { RegistryEvent } from './event.js';
import type { Instant } from './instant.js';
import { refused, type Reply } from './reply.js';
import {
  type AbortSignalLike,
  carryOut,
  JournalUnavailable,
  type RegistryPorts,
  RegistryStopped,
} from './registry-ports.js';
import { type Snapshot, snapshotOf } from './snapshot.js';
import { nextWakeAt, type OwnedState, type RegistryState } from './state.js';
import { step } from './step.js';

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
 * Runs the state machine: processes commands in order, makes their events durable in batches, and then releases replies and
 * effects. It keeps at most one timer, and none while nothing can expire.
 */
export class Registry {
  /** Resolves with the reason when a step has thrown and the registry has stopped. Never rejects. */
  readonly stopped: Promise<RegistryStopped>;
  private readonly owned: OwnedState;
  private readonly ports: RegistryPorts;
  private submissions: Submission[] = [];
  private readonly callers = new Callers();
  private unwritten: RegistryEvent[] = [];
  private pendingEffects: Effect[] = [];
  private running = false;
  private journalFailed = false;
  private closed = false;
  private failure: RegistryStopped | undefined;
  private reportStopped!: (failure: RegistryStopped) => void;
  private timer: { readonly at: number; readonly cancel: () => void } | undefined;

  /** From here on the state belongs to the registry. */
  constructor(state: OwnedState, ports: RegistryPorts) {
    this.owned = state;
    this.ports = ports;
    this.stopped = new Promise((resolve) => (this.reportStopped = resolve));
    this.arm();
  }

  /** The current state, which changes in place. It may be ahead of the journal by the batch that is being written. */
  get state(): RegistryState {
    return this.owned;
  }

  /**
   * A snapshot of the state, which replaces the events that led to it.
   * @throws RegistryStopped after a step has thrown, so that half a step is never written.
   */
  snapshot(): Snapshot {
    if (this.failure !== undefined) throw this.failure;
    return snapshotOf(this.owned);
  }

  /**
   * Submits a command. Resolves with its reply when its events are durable. For a request that has to wait the reply is
   * `queued`, and a later grant is taken back if nobody waits for it in `acquire`.
   * @throws JournalUnavailable or RegistryStopped.
   */
  submit(command: Command): Promise<Reply> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.submissions.push({ command, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  /**
   * Acquires, waiting in the queue if necessary, and resolves with the final reply. Aborting `signal` leaves the queue at
   * once and takes back a grant that was already made.
   * @throws JournalUnavailable or RegistryStopped.
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

  /** Stops the timer. Commands are still accepted, so that work in progress can be recorded. */
  close(): void {
    this.closed = true;
    this.disarm();
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
    const outcomes = this.stepAll(batch);
    if (outcomes === undefined) return;
    const written = this.unwritten.length === 0 || (await this.write());
    this.arm();
    if (written) for (const { resolve, reply } of outcomes) resolve(reply);
    else this.answerUnwritten(outcomes);
    this.flushEffects();
  }

  /** Steps a batch; undefined if the registry had to stop. */
  private stepAll(batch: readonly Submission[]): Outcome[] | undefined {
    try {
      return batch.flatMap((submission) => this.take(submission));
    } catch (cause) {
      this.stop(new RegistryStopped(cause), batch);
      return undefined;
    }
  }

  /** Like a crash: what is not durable never happened, and nobody is told that it did. */
  private stop(failure: RegistryStopped, batch: readonly Submission[]): void {
    this.failure = failure;
    this.close();
    for (const { reject } of [...batch, ...this.submissions]) reject(failure);
    this.submissions = [];
    this.callers.rejectAll(failure);
    this.reportStopped(failure);
  }

  /** Steps one command. While the journal cannot be written, nothing is granted that would have to be undone. */
  private take(submission: Submission): Outcome[] {
    const { command, reject } = submission;
    if (this.journalFailed && isGranting(command)) {
      reject(unavailable());
      return [];
    }
    const before = this.owned.revision;
    const reply = this.advance(command);
    return [{ ...submission, reply, wrote: this.owned.revision !== before }];
  }

  private advance(command: Command): Reply {
    const now = this.ports.clock();
    const lateMs = this.timer === undefined ? 0 : now.monotonicMs - this.timer.at;
    if (lateMs > this.owned.limits.lateMs) {
      this.disarm();
      this.stepOnce({ type: 'gap', lateMs }, now);
    }
    return this.stepOnce(command, now);
  }

  private stepOnce(command: Command, now: Instant): Reply {
    const { reply, events, effects } = step(this.owned, command, now);
    // One by one, because a call takes only so many arguments.
    for (const event of events) this.unwritten.push(event);
    for (const effect of effects) this.pendingEffects.push(effect);
    return reply;
  }

  /** Writes everything that is not durable yet. If that fails, it is retried with the next batch. */
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
   * Answers a batch that is not on disk. No caller learns of a grant, a place in the queue, a release or an offer that a
   * crash could undo. Renewals, which are never written, and refusals that changed nothing are answered as usual.
   */
  private answerUnwritten(outcomes: readonly Outcome[]): void {
    for (const { command, reply, wrote, resolve, reject } of outcomes) {
      if (!wrote && (reply.type === 'renewed' || reply.type === 'refused')) resolve(reply);
      else reject(unavailable());
      if (wrote && isGranting(command)) this.takeBack(command.requestId, reply);
    }
    for (const effect of this.pendingEffects) {
      if (effect.type !== 'settle') continue;
      for (const caller of this.callers.present(effect.requestId)) caller.reject(unavailable());
      this.takeBack(effect.requestId, effect.reply);
    }
    this.pendingEffects = this.pendingEffects.filter((effect) => effect.type !== 'settle');
  }

  private flushEffects(): void {
    if (this.journalFailed) return;
    const effects = this.pendingEffects;
    this.pendingEffects = [];
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

  /** A caller of this request has gone. When the last one goes, so does its place in the queue. */
  private hangUp(caller: Caller): void {
    const { requestId } = caller;
    caller.gone = true;
    caller.resolve(refused('wait_cancelled'));
    if (!this.callers.isWanted(requestId)) this.submitUnasked({ type: 'cancel', requestId });
  }

  /** The caller disconnected before its reply: a grant is taken back, unless another caller repeats the request. */
  private abandon({ requestId }: Caller, reply: Reply): void {
    if (!this.callers.isWanted(requestId)) this.takeBack(requestId, reply);
  }

  /** Takes back a grant or a place in the queue that no caller learned of. */
  private takeBack(requestId: string, reply: Reply): void {
    if (reply.type === 'queued') this.submitUnasked({ type: 'cancel', requestId });
    if (reply.type !== 'granted') return;
    this.submitUnasked({ type: 'retract', tokenDigest: reply.lease.tokenDigest, requestId });
  }

  /** Submits a command of the registry's own. If the journal fails, its events are written later. */
  private submitUnasked(command: Command): void {
    this.submit(command).catch(() => undefined);
  }

  /** A timer that fires early enough stays: setting it again at every renewal would cost more than one idle wake-up. */
  private arm(): void {
    const retryAt = this.journalFailed ? this.ports.clock().monotonicMs + journalRetryMs : Infinity;
    const at = Math.min(retryAt, nextWakeAt(this.owned));
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
    const late = lateMs > this.owned.limits.lateMs;
    this.submitUnasked(late ? { type: 'gap', lateMs } : { type: 'tick' });
  }
}

function isGranting(command: Command): command is Granting {
  return command.type === 'acquire' || command.type === 'accept';
}

function unavailable(): JournalUnavailable {
  return new JournalUnavailable('The journal cannot be written.');
}
