import type {
  Accept,
  Acquire,
  AnswerAsk,
  AskPerson,
  Claim,
  Command,
  Limits,
  OfferLease,
  Prepared,
  PrepareFailed,
  Release,
  Renew,
  ResourceCommand,
  ReturnControl,
  SetAsset,
  TakeControl,
} from '../../src/index.js';
import { goesWith } from './naive-claims.js';

// What a registry is, said a second time in the plainest way: arrays that are changed in place, every list searched
// from end to end, nothing indexed, nothing remembered twice. It shares no code with the registry it judges.

interface NaiveResource {
  key: string;
  labels: Record<string, string>;
  state: string;
  draining: boolean;
  recovering: boolean;
  fence: number;
  failures: number;
  exitAt: number;
  upSince: number;
  claims: readonly Claim[];
}

interface NaiveLease {
  key: string;
  digest: string;
  holder: string;
  tenant: string | undefined;
  ttl: number;
  fence: number;
  deadline: number;
  graced: boolean;
  offer: { to: string; code: string; deadline: number; ttl: number } | undefined;
  claims: readonly Claim[];
  preparing: boolean;
  control: { by: string; how: string; deadline: number } | undefined;
  asks: { id: string; outcome: string; deadline: number; openMs: number }[];
}

interface NaiveWaiter {
  command: Acquire;
  ttl: number;
  wait: number;
  deadline: number;
  absent: boolean;
  approval: { id: string; isGiven: boolean; deadline: number } | undefined;
}

interface NaiveAnswer {
  content: string;
  outcome: string;
  /** Of the lease that the answer gave or kept. */
  digest: string | undefined;
}

type Repeatable = Acquire | Accept | Renew | Release | OfferLease | AskPerson;

export class NaiveRegistry {
  readonly limits: Limits;
  resources: NaiveResource[] = [];
  leases: NaiveLease[] = [];
  waiters: NaiveWaiter[] = [];
  readonly ended = new Map<string, string>();
  readonly answers = new Map<string, NaiveAnswer>();
  readonly assets = new Map<string, { capacity: number; approval: boolean; version: number }>();
  /** What the last command asked of the world. */
  effects: string[] = [];
  private fence = 0;
  private now = 0;
  /** The name that an approval or a request for a person gets in this step. */
  private nextName = '';

  constructor(limits: Limits) {
    this.limits = limits;
  }

  run(command: Command, now: number, nextName: string): string {
    this.now = now;
    this.nextName = nextName;
    this.effects = [];
    if (command.type === 'gap') this.grace();
    this.expire();
    this.serve();
    const outcome = this.decide(command);
    this.serve();
    return outcome;
  }

  private decide(command: Command): string {
    switch (command.type) {
      case 'acquire':
        return this.acquire(command);
      case 'renew':
        return this.once(command, () => this.renew(command));
      case 'release':
        return this.once(command, () => this.release(command.tokenDigest));
      case 'offer':
        return this.once(command, () => this.offer(command));
      case 'accept':
        return this.once(command, () => this.accept(command));
      case 'revoke':
        return this.revoke(command.key);
      case 'retract':
        return this.retract(command.tokenDigest, command.requestId);
      case 'cancel':
        return this.cancel(command.requestId);
      case 'tick':
      case 'gap':
        return 'done';
      case 'asset-set':
        return this.setAsset(command);
      case 'asset-removed':
        return this.removeAsset(command.name);
      case 'decide':
        return this.judge(command.id, command.isApproved);
      case 'prepared':
      case 'prepare-failed':
        return this.prepare(command);
      case 'take-control':
      case 'return-control':
        return this.control(command);
      case 'ask':
        return this.once(command, () => this.ask(command), true);
      case 'answer':
        return this.answerAsk(command);
      default:
        return this.happen(command);
    }
  }

  restart(now: number): void {
    this.now = now;
    for (const lease of this.leases) {
      lease.graced = false;
      const { control } = lease;
      if (control?.by === 'human') control.deadline = now + this.limits.controlMs;
      const from = control?.by === 'human' ? control.deadline : now;
      lease.deadline = from + this.termOf(lease);
      if (lease.offer) lease.offer.deadline = now + lease.offer.ttl;
      for (const ask of lease.asks) ask.deadline = now + ask.openMs;
    }
    for (const waiter of this.waiters) {
      waiter.absent = true;
      waiter.deadline = now + waiter.wait;
      if (waiter.approval) waiter.approval.deadline = now + Math.min(waiter.wait, this.limits.approvalMs);
    }
    for (const resource of this.resources) {
      resource.upSince = -Infinity;
      if (resource.state === 'starting' || resource.recovering) resource.exitAt = now + this.limits.startMs;
      else if (resource.state === 'resetting') resource.exitAt = now + this.limits.resetMs;
      else if (resource.state === 'quarantined') resource.exitAt = now + this.pauseAfter(1);
    }
  }

  private acquire(command: Acquire): string {
    const waiting = this.waiters.find((waiter) => waiter.command.requestId === command.requestId);
    if (waiting) return this.rejoin(waiting, command);
    const earlier = this.answers.get(command.requestId);
    if (earlier) return this.again(earlier, command);
    if (this.isSpent(command.tokenDigest)) return 'request_conflict';
    const able = this.resources.filter((resource) => fits(command, resource));
    if (able.length === 0) return this.remember(command, 'unknown_resource');
    const claims = command.claims ?? [];
    if (claims.some(({ name }) => !this.assets.has(name))) return this.remember(command, 'unknown_asset');
    if (this.overQuota(command, undefined)) return this.remember(command, 'quota_exceeded');
    const mustAsk = claims.some(({ name }) => this.assets.get(name)!.approval);
    const free = able.find((resource) => resource.state === 'free');
    const fit = this.fit(claims, this.waiters);
    if (free && !mustAsk && fit) return this.remember(command, this.grant(free, command));
    const coming =
      able.some((one) => !one.draining && (one.state === 'starting' || one.state === 'resetting')) ||
      this.claimants(claims).some((one) => one.state === 'resetting');
    const ownWait = mustAsk ? this.limits.approvalMs : coming ? this.limits.briefWaitMs : 0;
    const wait = command.waitMs === undefined ? ownWait : Math.min(command.waitMs, this.limits.waitMaxMs);
    if (wait > 0) {
      const ttl = Math.min(command.ttlMs ?? this.limits.ttlMs, this.limits.ttlMaxMs);
      const late = this.now + Math.min(wait, this.limits.approvalMs);
      const approval = mustAsk ? { id: this.nextName, isGiven: false, deadline: late } : undefined;
      this.waiters.push({ command, ttl, wait, deadline: this.now + wait, absent: false, approval });
      return 'queued';
    }
    if (mustAsk) return this.remember(command, 'approval_required');
    if (!fit) return this.remember(command, 'asset_busy');
    if (command.selector.key === undefined) return this.remember(command, 'pool_exhausted');
    return this.remember(command, able[0]!.state === 'leased' ? 'resource_leased' : 'resource_not_ready');
  }

  private rejoin(waiting: NaiveWaiter, command: Acquire): string {
    if (waiting.command.anonymous || contentOf(waiting.command) !== contentOf(command))
      return 'request_conflict';
    waiting.absent = false;
    this.serve();
    return 'queued';
  }

  private renew({ tokenDigest, ttlMs }: Renew): string {
    const lease = this.leaseBy(tokenDigest);
    if (!lease) return this.gone(tokenDigest);
    if (ttlMs !== undefined) lease.ttl = Math.min(ttlMs, this.limits.ttlMaxMs);
    const from = lease.control?.by === 'human' ? lease.control.deadline : this.now;
    lease.deadline = Math.max(lease.deadline, from + lease.ttl);
    lease.graced = false;
    return `renewed ${lease.key} ${lease.deadline}`;
  }

  private release(digest: string): string {
    const lease = this.leaseBy(digest);
    if (!lease) return this.ended.get(digest) === 'released' ? 'released' : this.gone(digest);
    this.end(lease, 'released');
    return 'released';
  }

  private revoke(key: string): string {
    if (!this.resources.some((resource) => resource.key === key)) return 'unknown_resource';
    const lease = this.leases.find((one) => one.key === key);
    if (!lease) return 'resource_not_leased';
    this.end(lease, 'revoked');
    return 'released';
  }

  private retract(digest: string, requestId: string | undefined): string {
    const lease = this.leaseBy(digest);
    if (!lease) return 'ignored';
    if (requestId !== undefined) this.answers.delete(requestId);
    this.end(lease, 'retracted');
    return 'released';
  }

  private offer(command: OfferLease): string {
    const lease = this.leaseBy(command.tokenDigest);
    if (!lease) return this.gone(command.tokenDigest);
    const ttl = Math.min(command.ttlMs ?? this.limits.ttlMs, this.limits.ttlMaxMs);
    lease.offer = { to: command.to, code: command.codeDigest, deadline: this.now + ttl, ttl };
    return 'offered';
  }

  private accept(command: Accept): string {
    const lease = this.leases.find((one) => one.offer?.code === command.codeDigest);
    if (!lease) return 'unknown_handoff';
    if (lease.offer!.to !== command.scope.holder) return 'handoff_not_for_you';
    if (lease.control?.by === 'human') return 'human_in_control';
    if (this.overQuota(command, lease)) return 'quota_exceeded';
    this.leases = this.leases.filter((one) => one !== lease);
    this.ended.set(lease.digest, 'handed_over');
    const resource = this.resources.find((one) => one.key === lease.key)!;
    const ttl = command.ttlMs === undefined ? lease.ttl : Math.min(command.ttlMs, this.limits.ttlMaxMs);
    return this.lend(resource, command, ttl, lease.claims, lease.preparing);
  }

  private cancel(requestId: string): string {
    const waiter = this.waiters.find(({ command }) => command.requestId === requestId);
    if (!waiter) return 'ignored';
    this.leave(waiter);
    this.effects.push(`settle ${requestId} wait_cancelled`);
    return 'done';
  }

  private happen(command: ResourceCommand): string {
    const resource = this.resources.find((one) => one.key === command.key);
    if (command.type === 'added') return resource ? 'resource_already_added' : this.add(command);
    if (command.type === 'drain') return resource ? this.drain(resource) : 'unknown_resource';
    if (command.type === 'removed') return resource ? this.takeOut(resource) : 'unknown_resource';
    if (!resource || resource.fence !== command.fence) return 'ignored';
    const isComingUp = resource.state === 'starting' || resource.recovering;
    switch (command.type) {
      case 'ready':
        if (!isComingUp) return 'ignored';
        if (resource.state === 'starting') this.comeFree(resource);
        else Object.assign(resource, { recovering: false, exitAt: Infinity, upSince: this.now });
        return 'done';
      case 'reset-done':
        if (resource.state !== 'resetting') return 'ignored';
        this.comeFree(resource);
        return 'done';
      case 'failed':
        return isComingUp ? this.fail(resource) : 'ignored';
      case 'reset-failed':
        return resource.state === 'resetting' ? this.fail(resource) : 'ignored';
      case 'lost':
        if (resource.recovering || (resource.state !== 'free' && resource.state !== 'leased'))
          return 'ignored';
        this.restartOrGiveUp(resource);
        return 'done';
      default:
        return command satisfies never;
    }
  }

  private add({ key, labels = {} }: Extract<Command, { type: 'added' }>): string {
    const fence = (this.fence += 1);
    const times = { exitAt: this.now + this.limits.startMs, upSince: this.now };
    const fresh = { state: 'starting', draining: false, recovering: false, failures: 0, claims: [] };
    this.resources.push({ key, labels, fence, ...fresh, ...times });
    this.effects.push(`start ${key} ${fence} false`);
    return 'done';
  }

  private drain(resource: NaiveResource): string {
    if (resource.state === 'leased' || resource.state === 'resetting') resource.draining = true;
    else this.dispose(resource);
    return 'done';
  }

  private takeOut(resource: NaiveResource): string {
    const lease = this.leases.find(({ key }) => key === resource.key);
    if (lease) this.endOnly(lease, 'revoked');
    this.dispose(resource);
    return 'done';
  }

  private dispose(resource: NaiveResource): void {
    this.resources = this.resources.filter((one) => one !== resource);
    this.effects.push(`dispose ${resource.key}`);
    for (const waiter of this.waiters) {
      if (waiter.command.selector.key === resource.key) this.settle(waiter, 'unknown_resource');
    }
  }

  private fail(resource: NaiveResource): string {
    if (resource.state === 'leased') this.restartOrGiveUp(resource);
    else this.quarantine(resource, this.countFailure(resource));
    return 'done';
  }

  private restartOrGiveUp(resource: NaiveResource): void {
    const failures = this.countFailure(resource);
    if (failures >= this.limits.failuresMax) {
      const lease = this.leases.find(({ key }) => key === resource.key);
      if (lease) this.endOnly(lease, 'resource_lost');
      this.quarantine(resource, failures);
    } else {
      resource.failures = failures;
      this.start(resource);
    }
  }

  private start(resource: NaiveResource): void {
    const leased = resource.state === 'leased';
    if (leased) resource.recovering = true;
    else Object.assign(resource, { state: 'starting', fence: (this.fence += 1), claims: [] });
    resource.exitAt = this.now + this.limits.startMs;
    this.effects.push(`start ${resource.key} ${resource.fence} ${leased}`);
  }

  private quarantine(resource: NaiveResource, failures: number): void {
    if (resource.draining) return this.dispose(resource);
    const exitAt = this.now + this.pauseAfter(failures);
    Object.assign(resource, { state: 'quarantined', failures, exitAt, claims: [] });
  }

  private pauseAfter(failures: number): number {
    return Math.min(this.limits.quarantineMaxMs, this.limits.quarantineMs * 2 ** (failures - 1));
  }

  private countFailure(resource: NaiveResource): number {
    const wasUp = resource.state !== 'starting' && !resource.recovering;
    return wasUp && this.now - resource.upSince >= this.limits.stableMs ? 1 : resource.failures + 1;
  }

  private comeFree(resource: NaiveResource): void {
    if (resource.draining) return this.dispose(resource);
    if (resource.state === 'resetting') resource.failures = 0;
    Object.assign(resource, { state: 'free', exitAt: Infinity, upSince: this.now, claims: [] });
    this.serve();
  }

  private serve(): void {
    for (const resource of this.resources) {
      const waiter = this.waiters.find((one, at) => {
        if (!fits(one.command, resource) || !isReady(one)) return false;
        return this.fit(one.command.claims ?? [], this.waiters.slice(0, at));
      });
      if (waiter && resource.state === 'free') this.settle(waiter, this.grant(resource, waiter.command));
    }
  }

  /** Whether these claims go with what is held, and with what those want who are before in the queue. */
  private fit(claims: readonly Claim[], before: readonly NaiveWaiter[]): boolean {
    const held = this.resources.flatMap((resource) => resource.claims);
    const awaited = before.filter(isReady).flatMap(({ command }) => command.claims ?? []);
    return claims.every((claim) =>
      goesWith(claim, [...held, ...awaited], this.assets.get(claim.name)?.capacity ?? 0),
    );
  }

  private claimants(claims: readonly Claim[]): NaiveResource[] {
    return this.resources.filter((one) =>
      one.claims.some(({ name }) => claims.some((each) => each.name === name)),
    );
  }

  private setAsset({ name, capacity, approval, version, ifVersion }: SetAsset): string {
    if (ifVersion !== undefined && ifVersion !== (this.assets.get(name)?.version ?? 0))
      return 'version_conflict';
    this.assets.set(name, { capacity, approval, version });
    return 'done';
  }

  private removeAsset(name: string): string {
    if (!this.assets.has(name)) return 'unknown_asset';
    if (this.claimants([{ name, mode: 'shared' }]).length > 0) return 'asset_in_use';
    this.assets.delete(name);
    for (const waiter of this.waiters) {
      if (waiter.command.claims?.some((claim) => claim.name === name)) this.settle(waiter, 'unknown_asset');
    }
    return 'done';
  }

  private judge(id: string, isApproved: boolean): string {
    const waiter = this.waiters.find(({ approval }) => approval?.id === id && !approval.isGiven);
    if (!waiter) return 'unknown_approval';
    if (isApproved) waiter.approval!.isGiven = true;
    else this.settle(waiter, 'approval_denied');
    return 'done';
  }

  private prepare(command: Prepared | PrepareFailed): string {
    const lease = this.leaseOf(command);
    if (!lease?.preparing) return 'ignored';
    if (command.type === 'prepared') {
      const from = lease.control?.by === 'human' ? lease.control.deadline : this.now;
      Object.assign(lease, { preparing: false, deadline: from + lease.ttl });
    } else {
      if (command.requestId !== undefined) this.answers.delete(command.requestId);
      this.end(lease, 'unprepared');
    }
    return 'done';
  }

  private control(command: TakeControl | ReturnControl): string {
    const lease = this.leaseOf(command);
    if (!lease) return 'unknown_lease';
    const isHuman = lease.control?.by === 'human';
    if (command.type === 'take-control') {
      if (isHuman) return 'human_in_control';
      const deadline = this.now + this.limits.controlMs;
      lease.control = { by: 'human', how: '', deadline };
      lease.deadline = Math.max(lease.deadline, deadline + this.termOf(lease));
    } else if (isHuman) {
      this.handBack(lease, command.outcome);
      for (const ask of lease.asks) ask.outcome ||= command.outcome;
    }
    return `controlled ${lease.key} ${lease.control?.by ?? ''}`;
  }

  private handBack(lease: NaiveLease, how: string): void {
    lease.control = { by: 'agent', how, deadline: Infinity };
    lease.deadline = this.now + this.termOf(lease);
    lease.graced = false;
  }

  private termOf({ preparing, ttl }: NaiveLease): number {
    return preparing ? this.limits.prepareMs : ttl;
  }

  private ask({ tokenDigest, timeoutMs }: AskPerson): string {
    const lease = this.leaseBy(tokenDigest);
    if (!lease) return this.gone(tokenDigest);
    if (lease.asks.filter(({ outcome }) => outcome === '').length >= this.limits.asksMax)
      return 'quota_exceeded';
    const answered = lease.asks.findIndex(({ outcome }) => outcome !== '');
    if (lease.asks.length >= this.limits.asksMax) lease.asks.splice(answered, 1);
    const openMs = Math.min(timeoutMs ?? this.limits.askMs, this.limits.waitMaxMs);
    lease.asks.push({ id: this.nextName, outcome: '', deadline: this.now + openMs, openMs });
    return `asked ${lease.key} ${this.nextName}`;
  }

  private answerAsk(command: AnswerAsk): string {
    const lease = this.leaseOf(command);
    if (!lease) return 'unknown_lease';
    const ask = lease.asks.find(({ id, outcome }) => id === command.id && outcome === '');
    if (!ask) return 'unknown_ask';
    ask.outcome = command.outcome;
    return 'done';
  }

  private leaseOf({ key, fence }: { key: string; fence: number }): NaiveLease | undefined {
    return this.leases.find((lease) => lease.key === key && lease.fence === fence);
  }

  private expire(): void {
    for (const waiter of this.waiters) {
      const isPending = waiter.approval?.isGiven === false;
      const deadline = isPending ? Math.min(waiter.deadline, waiter.approval!.deadline) : waiter.deadline;
      if (deadline <= this.now) this.settle(waiter, isPending ? 'approval_timeout' : 'wait_timeout');
    }
    for (const lease of this.leases) {
      if (lease.deadline <= this.now) {
        this.end(lease, lease.preparing ? 'unprepared' : 'expired');
        continue;
      }
      if (lease.offer && lease.offer.deadline <= this.now) lease.offer = undefined;
      for (const ask of lease.asks) if (ask.deadline <= this.now) ask.outcome ||= 'timed_out';
      const { control } = lease;
      if (control?.by === 'human' && control.deadline <= this.now) this.handBack(lease, 'timed_out');
    }
    for (const resource of this.resources) {
      if (resource.exitAt > this.now) continue;
      if (resource.state === 'quarantined') this.start(resource);
      else this.fail(resource);
    }
  }

  private grace(): void {
    for (const lease of this.leases) {
      const deadline = this.now + lease.ttl;
      if (!lease.graced && deadline > lease.deadline) Object.assign(lease, { deadline, graced: true });
    }
    for (const resource of this.resources) {
      if (resource.exitAt > this.now || resource.state === 'quarantined') continue;
      resource.exitAt =
        this.now + (resource.state === 'resetting' ? this.limits.resetMs : this.limits.startMs);
    }
  }

  private grant(resource: NaiveResource, command: Acquire): string {
    const ttl = Math.min(command.ttlMs ?? this.limits.ttlMs, this.limits.ttlMaxMs);
    return this.lend(resource, command, ttl, command.claims ?? [], command.prepare ?? false);
  }

  private lend(
    resource: NaiveResource,
    { tokenDigest: digest, scope }: Acquire | Accept,
    ttl: number,
    claims: readonly Claim[],
    preparing: boolean,
  ): string {
    const fence = (this.fence += 1);
    const { holder, tenant } = scope;
    const who = { holder, tenant, digest, key: resource.key };
    const deadline = this.now + (preparing ? this.limits.prepareMs : ttl);
    const plain = { ...who, ttl, fence, deadline, graced: false, offer: undefined };
    this.leases.push({ ...plain, claims, preparing, control: undefined, asks: [] });
    Object.assign(resource, { state: 'leased', fence, claims });
    return `granted ${resource.key} ${fence} ${digest}`;
  }

  private end(lease: NaiveLease, how: string): void {
    this.endOnly(lease, how);
    this.effects.push(`reset ${lease.key} ${this.fence}`);
  }

  private endOnly(lease: NaiveLease, how: string): void {
    this.leases = this.leases.filter((one) => one !== lease);
    this.ended.set(lease.digest, how);
    const resource = this.resources.find((one) => one.key === lease.key)!;
    const exitAt = this.now + this.limits.resetMs;
    Object.assign(resource, { state: 'resetting', recovering: false, exitAt, fence: (this.fence += 1) });
  }

  private settle(waiter: NaiveWaiter, outcome: string): void {
    this.leave(waiter);
    this.remember(waiter.command, outcome);
    this.effects.push(`settle ${waiter.command.requestId} ${outcome}`);
  }

  private leave(waiter: NaiveWaiter): void {
    this.waiters = this.waiters.filter((one) => one !== waiter);
  }

  private once(command: Exclude<Repeatable, Acquire>, act: () => string, mayComeAgain = false): string {
    const isInLine = this.waiters.some((waiter) => waiter.command.requestId === command.requestId);
    if (isInLine) return 'request_conflict';
    const earlier = command.requestId === undefined ? undefined : this.answers.get(command.requestId);
    if (earlier) return this.again(earlier, command);
    if (command.type === 'accept' && this.isSpent(command.tokenDigest)) return 'request_conflict';
    const outcome = act();
    // Nothing is wrong with a request that is one too many for the moment.
    return mayComeAgain && outcome === 'quota_exceeded' ? outcome : this.remember(command, outcome);
  }

  private again({ content, outcome, digest }: NaiveAnswer, command: Repeatable): string {
    if (content !== contentOf(command)) return 'request_conflict';
    return digest === undefined || this.leaseBy(digest) ? outcome : this.gone(digest);
  }

  private isSpent(digest: string): boolean {
    return this.ended.has(digest) || this.leaseBy(digest) !== undefined;
  }

  private remember(command: Repeatable, outcome: string): string {
    const { requestId } = command;
    const isAnonymous = command.type === 'acquire' && command.anonymous;
    if (requestId !== undefined && !isAnonymous)
      this.answers.set(requestId, {
        content: contentOf(command),
        outcome,
        digest: leaseOf(command, outcome),
      });
    return outcome;
  }

  private gone(digest: string): string {
    const how = this.ended.get(digest);
    return how === undefined ? 'unknown_lease' : `lease_ended ${how}`;
  }

  private leaseBy(digest: string): NaiveLease | undefined {
    return this.leases.find((lease) => lease.digest === digest);
  }

  private overQuota({ scope }: Acquire | Accept, giving: NaiveLease | undefined): boolean {
    const { perHolder = Infinity, perTenant = Infinity } = this.limits;
    const parties = [
      ...this.leases.filter((lease) => lease !== giving),
      ...this.waiters.map(({ command }) => command.scope),
    ];
    const team = parties.filter(({ tenant }) => tenant === scope.tenant);
    if (team.filter(({ holder }) => holder === scope.holder).length >= perHolder) return true;
    return scope.tenant !== undefined && team.length >= perTenant;
  }
}

function isReady({ absent, approval }: NaiveWaiter): boolean {
  return !absent && approval?.isGiven !== false;
}

function fits({ selector }: Acquire, resource: NaiveResource): boolean {
  if (selector.key !== undefined && selector.key !== resource.key) return false;
  return Object.entries(selector.labels ?? {}).every(([name, value]) => resource.labels[name] === value);
}

function leaseOf({ tokenDigest }: Repeatable, outcome: string): string | undefined {
  return /^(granted|renewed|offered)/.test(outcome) ? tokenDigest : undefined;
}

/** What a caller asked for; commands of the simulation are built with their fields in one order. */
function contentOf(command: Repeatable): string {
  switch (command.type) {
    case 'acquire':
      return JSON.stringify([
        command.type,
        command.scope,
        command.selector,
        command.ttlMs,
        command.claims,
        command.prepare,
      ]);
    case 'ask':
      return JSON.stringify([command.type, command.tokenDigest, command.reason, command.timeoutMs]);
    case 'accept':
      return JSON.stringify([command.type, command.scope, command.codeDigest, command.ttlMs]);
    case 'offer':
      return JSON.stringify([command.type, command.tokenDigest, command.to, command.ttlMs]);
    case 'renew':
      return JSON.stringify([command.type, command.tokenDigest, command.ttlMs]);
    default:
      return JSON.stringify([command.type, command.tokenDigest]);
  }
}
