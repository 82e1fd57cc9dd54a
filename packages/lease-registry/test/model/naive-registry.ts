import type {
  Accept,
  Acquire,
  Command,
  Limits,
  OfferLease,
  Release,
  Renew,
  ResourceCommand,
} from '../../src/index.js';

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
  offer: { to: string; code: string; deadline: number } | undefined;
}

interface NaiveWaiter {
  command: Acquire;
  ttl: number;
  wait: number;
  deadline: number;
  absent: boolean;
}

interface NaiveAnswer {
  content: string;
  outcome: string;
  /** Of the lease that the answer gave or kept. */
  digest: string | undefined;
}

type Repeatable = Acquire | Accept | Renew | Release | OfferLease;

export class NaiveRegistry {
  readonly limits: Limits;
  resources: NaiveResource[] = [];
  leases: NaiveLease[] = [];
  waiters: NaiveWaiter[] = [];
  readonly ended = new Map<string, string>();
  readonly answers = new Map<string, NaiveAnswer>();
  /** What the last command asked of the world. */
  effects: string[] = [];
  private fence = 0;
  private now = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  run(command: Command, now: number): string {
    this.now = now;
    this.effects = [];
    if (command.type === 'gap') this.grace();
    this.expire();
    switch (command.type) {
      case 'acquire':
        return this.acquire(command);
      case 'renew':
        return this.once(command, () => this.renew(command.tokenDigest));
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
      default:
        return this.happen(command);
    }
  }

  restart(now: number): void {
    this.now = now;
    for (const lease of this.leases) {
      lease.deadline = now + lease.ttl;
      lease.graced = false;
      if (lease.offer) lease.offer.deadline = Math.max(now, lease.offer.deadline);
    }
    for (const waiter of this.waiters) {
      waiter.absent = true;
      waiter.deadline = now + waiter.wait;
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
    if (this.overQuota(command, undefined)) return this.remember(command, 'quota_exceeded');
    const free = able.find((resource) => resource.state === 'free');
    if (free) return this.remember(command, this.grant(free, command));
    const coming = able.some(
      (one) => !one.draining && (one.state === 'starting' || one.state === 'resetting'),
    );
    const wait = Math.min(command.waitMs ?? (coming ? this.limits.briefWaitMs : 0), this.limits.waitMaxMs);
    if (wait > 0) {
      const ttl = Math.min(command.ttlMs ?? this.limits.ttlMs, this.limits.ttlMaxMs);
      this.waiters.push({ command, ttl, wait, deadline: this.now + wait, absent: false });
      return 'queued';
    }
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

  private renew(digest: string): string {
    const lease = this.leaseBy(digest);
    if (!lease) return this.gone(digest);
    lease.deadline = Math.max(lease.deadline, this.now + lease.ttl);
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
    lease.offer = { to: command.to, code: command.codeDigest, deadline: this.now + ttl };
    return 'offered';
  }

  private accept(command: Accept): string {
    const lease = this.leases.find((one) => one.offer?.code === command.codeDigest);
    if (!lease) return 'unknown_handoff';
    if (lease.offer!.to !== command.scope.holder) return 'handoff_not_for_you';
    if (this.overQuota(command, lease)) return 'quota_exceeded';
    this.leases = this.leases.filter((one) => one !== lease);
    this.ended.set(lease.digest, 'handed_over');
    const resource = this.resources.find((one) => one.key === lease.key)!;
    const ttl = command.ttlMs === undefined ? lease.ttl : Math.min(command.ttlMs, this.limits.ttlMaxMs);
    return this.lend(resource, command, ttl);
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
    const fresh = { state: 'starting', draining: false, recovering: false, failures: 0 };
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
    else Object.assign(resource, { state: 'starting', fence: (this.fence += 1) });
    resource.exitAt = this.now + this.limits.startMs;
    this.effects.push(`start ${resource.key} ${resource.fence} ${leased}`);
  }

  private quarantine(resource: NaiveResource, failures: number): void {
    if (resource.draining) return this.dispose(resource);
    const exitAt = this.now + this.pauseAfter(failures);
    Object.assign(resource, { state: 'quarantined', failures, exitAt });
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
    Object.assign(resource, { state: 'free', exitAt: Infinity, upSince: this.now });
    this.serve();
  }

  private serve(): void {
    for (const waiter of this.waiters) {
      const free = this.resources.find((one) => one.state === 'free' && fits(waiter.command, one));
      if (!free || waiter.absent) continue;
      this.settle(waiter, this.grant(free, waiter.command));
    }
  }

  private expire(): void {
    for (const waiter of this.waiters) if (waiter.deadline <= this.now) this.settle(waiter, 'wait_timeout');
    for (const lease of this.leases) {
      if (lease.deadline <= this.now) this.end(lease, 'expired');
      else if (lease.offer && lease.offer.deadline <= this.now) lease.offer = undefined;
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
    return this.lend(resource, command, ttl);
  }

  private lend(
    resource: NaiveResource,
    { tokenDigest: digest, scope }: Acquire | Accept,
    ttl: number,
  ): string {
    const fence = (this.fence += 1);
    const { holder, tenant } = scope;
    const who = { holder, tenant, digest, key: resource.key };
    this.leases.push({ ...who, ttl, fence, deadline: this.now + ttl, graced: false, offer: undefined });
    Object.assign(resource, { state: 'leased', fence });
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

  private once(command: Exclude<Repeatable, Acquire>, act: () => string): string {
    const isInLine = this.waiters.some((waiter) => waiter.command.requestId === command.requestId);
    if (isInLine) return 'request_conflict';
    const earlier = command.requestId === undefined ? undefined : this.answers.get(command.requestId);
    if (earlier) return this.again(earlier, command);
    if (command.type === 'accept' && this.isSpent(command.tokenDigest)) return 'request_conflict';
    return this.remember(command, act());
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
      return JSON.stringify([command.type, command.scope, command.selector, command.ttlMs]);
    case 'accept':
      return JSON.stringify([command.type, command.scope, command.codeDigest, command.ttlMs]);
    case 'offer':
      return JSON.stringify([command.type, command.tokenDigest, command.to, command.ttlMs]);
    default:
      return JSON.stringify([command.type, command.tokenDigest]);
  }
}
