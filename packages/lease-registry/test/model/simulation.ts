import type {
  Ask,
  Claim,
  Command,
  Effect,
  Instant,
  Lease,
  Limits,
  RegistryEvent,
  OwnedState,
  Reply,
  Resource,
  Step,
  Waiter,
} from '../../src/index.js';
import { defaultLimits, emptyState, recover, snapshotOf, step } from '../../src/index.js';
import { copyState } from '../copy-state.js';
import { checkMoment, checkState, Past, see, type Seen } from './invariants.js';
import { NaiveRegistry } from './naive-registry.js';

/** Gives a whole number from 0 up to and without `below`. */
export type Choose = (below: number) => number;

/**
 * A registry and its naive twin under the same commands, chosen at random: late, twice, out of order, with tokens
 * and fences of long ago, across sleeps, wall-clock jumps and crashes. After every step both must say the same and
 * every invariant must hold; anything else throws.
 */
export class Simulation {
  readonly limits: Limits;
  /** The last steps, for whoever has to understand a failure. */
  readonly story: { at: number; command: Command | 'crash' }[] = [];
  private readonly choose: Choose;
  private readonly crashes: boolean;
  /** Whether everything a step gives is frozen, so that a change of it throws. */
  private readonly freezes: boolean;
  private readonly naive: NaiveRegistry;
  private readonly past = new Past();
  /** The state, of which every step is the next. */
  private before: Seen;
  readonly journal: RegistryEvent[] = [];
  private now: Instant = { monotonicMs: 100, wallMs: 5_000 };
  private made = 0;
  private readonly sent: Command[] = [];
  private readonly tokens: string[] = ['digest-0'];
  private readonly codes: string[] = ['code-0'];
  private readonly fences: { key: string; fence: number }[] = [];
  private readonly replies = new Map<string, { command: Command; reply: Reply }>();

  constructor(choose: Choose) {
    this.choose = choose;
    this.crashes = choose(2) === 0;
    this.freezes = choose(4) === 0;
    this.limits = limitsBy(choose);
    this.naive = new NaiveRegistry(this.limits);
    this.before = see(emptyState(this.limits));
    for (let count = choose(3); count >= 0; count--) this.perform({ type: 'added', ...this.resource(count) });
    for (const { key, fence } of this.before.resources) this.perform({ type: 'ready', key, fence });
  }

  advance(): void {
    const { choose } = this;
    if (choose(3) === 0) this.pass(choose(7));
    if (choose(150) === 0) this.disturb();
    const command = choose(8) === 0 ? this.sentBefore() : this.newCommand();
    if (command.type === 'gap') this.pass(choose(30));
    this.perform(command);
  }

  /** Only the wall clock spans two processes, so that a life has either jumps of it or crashes. */
  private disturb(): void {
    if (this.crashes) this.crash();
    else this.now = { ...this.now, wallMs: this.now.wallMs + this.choose(1_000) - 500 };
  }

  private pass(ms: number): void {
    this.now = { monotonicMs: this.now.monotonicMs + ms, wallMs: this.now.wallMs + ms };
  }

  private perform(command: Command): void {
    const { before, now, past } = this;
    this.story.push({ at: now.monotonicMs, command });
    if (this.story.length > 60) this.story.shift();
    const { state } = before;
    const copy = this.choose(200) === 0 ? copyState(state) : undefined;
    const made = step(state, command, now);
    const after = see(state);
    const moment = { before, after, command, now, step: made, past };
    checkMoment(moment);
    this.checkReplay(command, made.reply);
    past.note(moment);
    if (copy !== undefined) this.checkDeterminism(copy, state, command, made);
    if (this.freezes) for (const value of [made.reply, ...made.events, ...made.effects]) freeze(value);
    this.before = after;
    this.journal.push(...made.events);
    this.compare(this.naive.run(command, now.monotonicMs, nameIn(made)), made);
    this.remember(command, made.effects);
  }

  private remember(command: Command, effects: readonly Effect[]): void {
    this.sent.push(command);
    if (this.sent.length > 24) this.sent.shift();
    for (const effect of effects) {
      if ('fence' in effect) this.fences.push({ key: effect.key, fence: effect.fence });
    }
    if ('codeDigest' in command) this.codes.push(command.codeDigest);
    if (command.type === 'acquire' || command.type === 'accept') this.tokens.push(command.tokenDigest);
    for (const list of [this.tokens, this.codes, this.fences]) if (list.length > 8) list.shift();
  }

  private compare(expected: string, { reply, effects }: Step): void {
    const { naive, before: seen } = this;
    expectSame('reply', expected, told(reply));
    if (effects.length + naive.effects.length > 0) {
      expectSame('effects', naive.effects.toSorted().join(), effects.map(toldOf).toSorted().join());
    }
    expectEach('resource', naive.resources, seen.resources, isSameResource);
    expectEach('lease', naive.leases, seen.leases, isSameLease);
    expectEach('waiter', naive.waiters, seen.waiters, isSameWaiter);
  }

  /** The identical reply to the same request, whenever it comes again, or how the lease ended that it gave. */
  private checkReplay(command: Command, reply: Reply): void {
    if (!('requestId' in command) || command.requestId === undefined) return;
    const { requestId } = command;
    const isUndoing = command.type === 'retract' || command.type === 'prepare-failed';
    if (isUndoing) this.replies.delete(requestId);
    const earlier = this.replies.get(requestId);
    const isOver = reply.type === 'refused' && reply.code === 'lease_ended';
    if (earlier?.command === command && reply.type !== 'queued' && !('lease' in earlier.reply && isOver)) {
      expectSame('replay', JSON.stringify(earlier.reply), JSON.stringify(reply));
    }
    const isConflict = reply.type === 'refused' && reply.code === 'request_conflict';
    const isRepeatable = command.type !== 'cancel' && !isUndoing && !('anonymous' in command);
    if (earlier === undefined && reply.type !== 'queued' && isRepeatable && !isConflict)
      this.replies.set(requestId, { command, reply });
  }

  /** The same state gives the same again. */
  private checkDeterminism(copy: OwnedState, state: OwnedState, command: Command, made: Step): void {
    const again = step(copy, command, this.now);
    for (const name of ['reply', 'events', 'effects'] as const) {
      expectSame(`the ${name} again`, JSON.stringify(made[name]), JSON.stringify(again[name]));
    }
    expectSame('the state again', fingerprintOf(state), fingerprintOf(copy));
  }

  /** The process ends; some of its journal may have been made into a snapshot. */
  private crash(): void {
    this.story.push({ at: this.now.monotonicMs, command: 'crash' });
    const { journal, limits, now } = this;
    const cut = this.choose(journal.length + 1);
    const early = recover(limits, undefined, throughFile(journal.slice(0, cut)), now);
    checkState(see(early), now.monotonicMs);
    const before = durable(this.before.state);
    const snapshot = this.choose(2) === 0 ? throughFile(snapshotOf(early)) : undefined;
    const state = recover(
      limits,
      snapshot,
      throughFile(journal.slice(snapshot === undefined ? 0 : cut)),
      now,
    );
    expectSame('the fold of events', before, durable(state));
    this.before = see(state);
    checkState(this.before, now.monotonicMs);
    this.naive.restart(now.monotonicMs);
    this.replies.clear();
  }

  private sentBefore(): Command {
    return this.sent[this.choose(this.sent.length)] ?? { type: 'tick' };
  }

  private newCommand(): Command {
    const { choose } = this;
    const kind = choose(100);
    if (kind < 26) return this.acquire();
    if (kind < 38) {
      return { type: 'renew', ...this.token(), ...this.maybe('ttlMs', 20), ...this.maybeRequest() };
    }
    if (kind < 48) return { type: 'release', ...this.token(), ...this.maybeRequest() };
    if (kind < 54)
      return {
        type: 'offer',
        ...this.token(),
        to: this.holder(),
        codeDigest: `code-${(this.made += 1)}`,
        ...this.maybe('ttlMs', 9),
        ...this.maybeRequest(),
      };
    if (kind < 60)
      return {
        type: 'accept',
        ...this.ids(),
        scope: this.scope(),
        codeDigest: this.codes.at(-1 - choose(3)) ?? 'x',
        ...this.maybe('ttlMs', 20),
      };
    if (kind < 65) return { type: 'cancel', requestId: this.requestInLine() };
    if (kind < 67) return { type: 'revoke', key: this.key() };
    if (kind < 69) return { type: 'retract', ...this.token(), ...this.maybeRequest() };
    if (kind < 71) return { type: 'tick' };
    if (kind < 72) return { type: 'gap', lateMs: 20 };
    if (kind < 74) return { type: 'added', ...this.resource(choose(4)) };
    if (kind < 75) return { type: choose(2) === 0 ? 'drain' : 'removed', key: this.key() };
    if (kind < 79) return this.ofAssets();
    if (kind < 85) return this.ofPeople();
    return this.completion();
  }

  private ofAssets(): Command {
    const { choose } = this;
    const name = this.asset();
    if (choose(6) === 0) return { type: 'asset-removed', name };
    const ifVersion = choose(3) === 0 ? { ifVersion: choose(3) } : {};
    const about = { capacity: 1 + choose(3), approval: choose(4) === 0, version: 1 + choose(2) };
    return { type: 'asset-set', name, ...about, ...ifVersion };
  }

  private ofPeople(): Command {
    const { choose, before } = this;
    const kind = choose(7);
    if (kind === 0) {
      const asked = before.waiters.filter(({ approval }) => approval !== undefined);
      const id = asked[choose(asked.length)]?.approval?.id ?? 'x';
      return { type: 'decide', id, isApproved: choose(3) > 0 };
    }
    if (kind === 1)
      return { type: 'ask', ...this.token(), reason: 'stuck', ...this.timeout(), ...this.maybeRequest() };
    const lease = before.leases[choose(before.leases.length)];
    const { key, fence } =
      choose(8) === 0
        ? { key: this.key(), fence: choose(this.before.state.fence + 1) }
        : (lease ?? { key: 'a', fence: 1 });
    const outcome = choose(2) === 0 ? 'done' : 'declined';
    if (kind === 2) return { type: 'take-control', key, fence };
    if (kind === 3) return { type: 'return-control', key, fence, outcome };
    if (kind === 4) return { type: 'answer', key, fence, outcome, id: lease?.asks.at(-1)?.id ?? 'x' };
    if (kind === 5) return { type: 'prepare-failed', key, fence, ...this.maybeRequest() };
    return { type: 'prepared', key, fence };
  }

  private timeout(): { timeoutMs?: number } {
    return this.choose(2) === 0 ? { timeoutMs: 1 + this.choose(12) } : {};
  }

  private asset(): string {
    return 'pq'[this.choose(2)]!;
  }

  private claims(): { claims?: Claim[]; prepare?: boolean } {
    const { choose } = this;
    if (choose(3) > 0) return {};
    const modes = ['shared', 'update', 'exclusive'] as const;
    const first = { name: this.asset(), mode: modes[choose(3)]! };
    const second = { name: first.name === 'p' ? 'q' : 'p', mode: modes[choose(3)]! };
    return { claims: choose(3) === 0 ? [first, second] : [first], ...(choose(3) === 0 && { prepare: true }) };
  }

  private acquire(): Command {
    const { choose } = this;
    const anonymous = choose(4) === 0 ? { anonymous: true } : {};
    const wait = choose(2) === 0 ? { waitMs: choose(20) } : {};
    const ids = this.ids();
    return {
      type: 'acquire',
      ...ids,
      ...anonymous,
      scope: this.scope(),
      selector: this.selector(),
      ...this.claims(),
      ...wait,
      ...this.maybe('ttlMs', 20),
    };
  }

  private completion(): Command {
    const { choose } = this;
    const { resources } = this.before;
    const current = resources[choose(resources.length)];
    const target = (choose(5) === 0 ? this.fences[choose(this.fences.length)] : current) ?? {
      key: 'a',
      fence: 1,
    };
    const { key, fence } = target;
    const kind = choose(10);
    const error = 'trouble';
    if (kind < 4) return { type: current?.state === 'resetting' ? 'reset-done' : 'ready', key, fence };
    if (kind < 7) return { type: choose(2) === 0 ? 'ready' : 'reset-done', key, fence };
    return { type: (['failed', 'lost', 'reset-failed'] as const)[kind - 7]!, key, fence, error };
  }

  private ids() {
    const made = (this.made += 1);
    const requestId = this.choose(20) === 0 ? this.requestInLine() : `request-${made}`;
    return { requestId, leaseId: `lease-${made}`, tokenDigest: `digest-${made}` };
  }

  private maybeRequest(): { requestId?: string } {
    if (this.choose(3) > 0) return {};
    return { requestId: `request-${this.choose(10) === 0 ? this.choose(this.made + 1) : (this.made += 1)}` };
  }

  private maybe(name: 'ttlMs', below: number): { ttlMs?: number } {
    return this.choose(2) === 0 ? { [name]: 1 + this.choose(below) } : {};
  }

  private requestInLine(): string {
    const { waiters } = this.before;
    return waiters[this.choose(waiters.length)]?.requestId ?? 'request-x';
  }

  private token(): { tokenDigest: string } {
    return { tokenDigest: this.tokens[this.choose(this.tokens.length)] ?? 'x' };
  }

  private holder(): string {
    return 'ann ben cat'.split(' ')[this.choose(3)]!;
  }

  private scope() {
    const holder = this.holder();
    return this.choose(2) === 0 ? { holder } : { holder, tenant: this.choose(2) === 0 ? 'x' : 'y' };
  }

  private key(): string {
    return 'abcd'[this.choose(4)]!;
  }

  private resource(at: number) {
    return { key: 'abcd'[at]!, labels: { os: at % 2 === 0 ? 'ios' : 'android' } };
  }

  private selector() {
    const kind = this.choose(6);
    const labels = { os: this.choose(2) === 0 ? 'ios' : 'android' };
    if (kind < 3) return {};
    if (kind === 3) return { key: this.key() };
    return kind === 4 ? { labels } : { key: this.key(), labels };
  }
}

function limitsBy(choose: Choose): Limits {
  const quotas = {
    ...(choose(3) === 0 && { perHolder: 1 + choose(3) }),
    ...(choose(3) === 0 && { perTenant: 1 + choose(4) }),
  };
  return {
    ...defaultLimits,
    ttlMs: 4 + choose(12),
    ttlMaxMs: 16,
    waitMaxMs: 15,
    briefWaitMs: 3,
    startMs: 1 + choose(12),
    resetMs: 1 + choose(12),
    failuresMax: 1 + choose(3),
    stableMs: 10,
    quarantineMs: 2,
    quarantineMaxMs: 7,
    memory: 1_000,
    approvalMs: 1 + choose(12),
    prepareMs: 1 + choose(8),
    controlMs: 1 + choose(12),
    askMs: 1 + choose(8),
    asksMax: 1 + choose(3),
    ...quotas,
  };
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}

function throughFile<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** What a journal gives again. A renewal is not in it. */
function durable(state: OwnedState): string {
  const { leases, ...rest } = snapshotOf(state);
  // A restart gives them their full time again.
  const displayed = new Set(['renewedAt', 'expiresAt']);
  const timeless = (name: string, value: unknown): unknown => (displayed.has(name) ? 0 : value);
  return JSON.stringify([rest, leases], timeless);
}

function fingerprintOf(state: OwnedState): string {
  const volatile = [state.leases, state.resources, state.waiters].map((map) => [...map.values()]);
  return JSON.stringify([snapshotOf(state), volatile]);
}

/** The name that a step gave to an approval or to a request for a person. */
function nameIn({ events }: Step): string {
  for (const { change } of events) {
    if (change.type === 'ask-made') return change.ask.id;
    if (change.type === 'waiter-queued' && change.waiter.approval) return change.waiter.approval.id;
  }
  return '';
}

function told(reply: Reply): string {
  switch (reply.type) {
    case 'controlled':
      return `controlled ${reply.lease.key} ${reply.lease.control?.by ?? ''}`;
    case 'asked':
      return `asked ${reply.key} ${reply.id}`;
    case 'granted':
      return `granted ${reply.lease.key} ${reply.lease.fence} ${reply.lease.tokenDigest}`;
    case 'renewed':
      return `renewed ${reply.lease.key} ${reply.lease.deadlineMs}`;
    case 'refused':
      return reply.ended === undefined ? reply.code : `${reply.code} ${reply.ended.how}`;
    default:
      return reply.type;
  }
}

function toldOf(effect: Effect): string {
  switch (effect.type) {
    case 'start':
      return `start ${effect.key} ${effect.fence} ${effect.leased}`;
    case 'reset':
      return `reset ${effect.key} ${effect.fence}`;
    case 'dispose':
      return `dispose ${effect.key}`;
    case 'settle':
      return `settle ${effect.requestId} ${told(effect.reply)}`;
    default:
      return effect satisfies never;
  }
}

type Naive<Name extends 'resources' | 'leases' | 'waiters'> = NaiveRegistry[Name][number];

function isSameResource(naive: Naive<'resources'>, real: Resource): boolean {
  return (
    naive.key === real.key &&
    naive.state === real.state &&
    naive.draining === real.draining &&
    naive.recovering === real.recovering &&
    naive.fence === real.fence &&
    naive.failures === real.failures &&
    naive.exitAt === real.exitAtMs &&
    isSameClaims(naive.claims, real.claims)
  );
}

function isSameLease(naive: Naive<'leases'>, real: Lease): boolean {
  return (
    naive.key === real.key &&
    naive.digest === real.tokenDigest &&
    naive.holder === real.scope.holder &&
    naive.tenant === real.scope.tenant &&
    naive.ttl === real.ttlMs &&
    naive.fence === real.fence &&
    naive.deadline === real.deadlineMs &&
    naive.graced === real.graced &&
    naive.offer?.to === real.offer?.to &&
    naive.offer?.code === real.offer?.codeDigest &&
    naive.offer?.deadline === real.offer?.deadlineMs &&
    isSameClaims(naive.claims, real.claims) &&
    naive.preparing === real.preparing &&
    isSameControl(naive.control, real.control) &&
    naive.asks.length === real.asks.length &&
    naive.asks.every((ask, at) => isSameAsk(ask, real.asks[at]!))
  );
}

function isSameClaims(naive: readonly Claim[], real: readonly Claim[]): boolean {
  const inWords = (claims: readonly Claim[]) => claims.map(({ name, mode }) => `${name} ${mode}`).join();
  return inWords(naive) === inWords(real);
}

function isSameControl(naive: Naive<'leases'>['control'], real: Lease['control']): boolean {
  if (naive === undefined || real === undefined) return naive === real;
  if (real.by === 'agent') return naive.by === 'agent' && naive.how === real.outcome;
  return naive.by === 'human' && naive.deadline === real.deadlineMs;
}

function isSameAsk(naive: Naive<'leases'>['asks'][number], real: Ask): boolean {
  const isSame = naive.id === real.id && naive.outcome === (real.answer?.outcome ?? '');
  return isSame && (real.answer !== undefined || naive.deadline === real.deadlineMs);
}

function isSameWaiter(naive: Naive<'waiters'>, real: Waiter): boolean {
  return (
    naive.command.requestId === real.requestId &&
    naive.command.tokenDigest === real.tokenDigest &&
    naive.ttl === real.ttlMs &&
    naive.deadline === real.deadlineMs &&
    naive.absent === real.absent &&
    naive.approval?.id === real.approval?.id &&
    naive.approval?.isGiven === real.approval?.isGiven &&
    naive.approval?.deadline === real.approval?.deadlineMs
  );
}

/** Both list in order of coming; the leases of the naive one come by fence too. */
function expectEach<N, R>(
  what: string,
  naive: readonly N[],
  real: readonly R[],
  isSame: (n: N, r: R) => boolean,
): void {
  const isEqual = naive.length === real.length && naive.every((one, at) => isSame(one, real[at]!));
  if (!isEqual)
    throw new Error(
      `Broken: each ${what} is\n  ${JSON.stringify(real)}\nand not\n  ${JSON.stringify(naive)}`,
    );
}

function expectSame(what: string, expected: string, actual: string): void {
  if (expected !== actual) throw new Error(`Broken: ${what} is\n  ${actual}\nand not\n  ${expected}`);
}
