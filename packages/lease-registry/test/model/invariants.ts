import type { Change, Command, Instant, Lease, OwnedState, Resource, Step, Waiter } from '../../src/index.js';
import { matches, nextWakeAt } from '../../src/index.js';
import { goesWith } from './naive-claims.js';

/** A moment of a state, which goes on changing: what was in it then, in lists that every invariant reads. */
export interface Seen {
  readonly state: OwnedState;
  readonly revision: number;
  readonly leases: readonly Lease[];
  readonly resources: readonly Resource[];
  readonly waiters: readonly Waiter[];
}

export function see(state: OwnedState): Seen {
  const { leases, resources, waiters } = state;
  return {
    state,
    revision: state.revision,
    leases: [...leases.values()],
    resources: [...resources.values()],
    waiters: [...waiters.values()],
  };
}

/** What happened in one step, and what is known of all before it. */
export interface Moment {
  readonly before: Seen;
  readonly after: Seen;
  readonly command: Command;
  readonly now: Instant;
  readonly step: Step;
  readonly past: Past;
}

/** What a watcher who sees every step remembers; it outlives restarts. */
export class Past {
  lastGrantFence = 0;
  readonly endedTokens = new Set<string>();
  /** Requests in the queue, with their order of arrival. */
  readonly waiting = new Map<string, number>();

  note({ before, after, step }: Moment): void {
    for (const { key, tokenDigest } of before.leases) {
      if (after.state.leases.get(key)?.tokenDigest !== tokenDigest) this.endedTokens.add(tokenDigest);
    }
    // Whoever is timed out and asks again in one step is in the queue afterwards.
    for (const effect of step.effects) if (effect.type === 'settle') this.waiting.delete(effect.requestId);
    for (const { change } of step.events) {
      if (change.type === 'lease-granted' || change.type === 'lease-handed-over')
        this.lastGrantFence = change.lease.fence;
      if (change.type === 'waiter-queued') this.waiting.set(change.waiter.requestId, change.waiter.arrival);
    }
  }
}

/** Each holds after every step. It gives what is wrong, or undefined. */
type Invariant = (moment: Moment) => string | undefined;

const stepInvariants: Readonly<Record<string, Invariant>> = {
  'fences rise at every grant'({ step, past }) {
    let last = past.lastGrantFence;
    for (const { change } of step.events) {
      if (change.type !== 'lease-granted' && change.type !== 'lease-handed-over') continue;
      if (change.lease.fence <= last) return `${change.lease.fence} after ${last}`;
      last = change.lease.fence;
    }
    return undefined;
  },

  'no operation with an ended lease’s token has an effect'({ before, after, command, step, past }) {
    if (!('tokenDigest' in command) || command.type === 'acquire' || command.type === 'accept')
      return undefined;
    if (!past.endedTokens.has(command.tokenDigest)) return undefined;
    const hasFreedAsset = step.events.some(({ change }) => freesAssetByTime(change));
    for (const lease of after.leases) {
      const earlier = leaseOn(before, lease.key);
      // In the same step somebody may be served whom only a claim kept waiting, because its time is over.
      if (earlier === undefined && hasFreedAsset) continue;
      if (earlier?.offer?.codeDigest !== lease.offer?.codeDigest && lease.offer !== undefined)
        return lease.key;
      // A person's turn may end in the same step, because its time is over.
      if (earlier?.control !== lease.control) continue;
      if (earlier?.deadlineMs !== lease.deadlineMs) return lease.key;
    }
    const byTime = new Set<string>(['expired', 'resource_lost', 'unprepared']);
    const ended = step.events.some(({ change }) => change.type === 'lease-ended' && !byTime.has(change.how));
    return ended ? 'a lease ended' : undefined;
  },

  'no lease expires before its TTL is over'({ before, command, now, step }) {
    for (const { change } of step.events) {
      if (change.type !== 'lease-ended' || change.how !== 'expired') continue;
      const lease = leaseOn(before, change.key);
      if (lease === undefined) return `${change.key} was granted in the step it expired in`;
      if (lease.deadlineMs > now.monotonicMs) return change.key;
      if (command.type === 'gap' && !lease.graced) return `${change.key} had no grace`;
    }
    return undefined;
  },

  'a sleep gives a lease at most one grace'({ before, after, command }) {
    if (command.type !== 'gap') return undefined;
    for (const lease of after.leases) {
      const earlier = leaseOn(before, lease.key);
      if (earlier?.control !== lease.control) continue;
      if (earlier?.graced === true && earlier.deadlineMs !== lease.deadlineMs) return lease.key;
    }
    return undefined;
  },

  'only a free resource is granted'({ before, step }) {
    const freed = new Set<string>();
    for (const { change } of step.events) {
      if (change.type === 'resource-free') freed.add(change.key);
      if (change.type !== 'lease-granted') continue;
      const { key } = change.lease;
      if (!freed.delete(key) && before.resources.find((resource) => resource.key === key)?.state !== 'free')
        return key;
    }
    return undefined;
  },

  'a handoff goes from the one holder to the next'({ before, step }) {
    for (const { change } of step.events) {
      if (change.type !== 'lease-handed-over') continue;
      const giver = leaseOn(before, change.lease.key);
      if (giver?.fence !== change.from) return `${change.from} is not ${giver?.fence}`;
      if (step.effects.some((effect) => effect.type === 'reset' && effect.key === change.lease.key))
        return 'reset';
    }
    return undefined;
  },

  'nobody in the queue is passed over'({ after, step, past }) {
    for (const effect of step.effects) {
      if (effect.type !== 'settle' || effect.reply.type !== 'granted') continue;
      const resource = after.state.resources.get(effect.reply.lease.key);
      const granted = past.waiting.get(effect.requestId);
      for (const waiter of after.waiters) {
        if (!isReady(waiter) || resource === undefined || !matches(waiter.selector, resource)) continue;
        if (granted !== undefined && waiter.arrival < granted && doFit(after.state, waiter))
          return `${waiter.requestId} by ${effect.requestId}`;
      }
    }
    return undefined;
  },

  'every waiter settles exactly once'({ after, step, past }) {
    const settled = new Set<string>();
    const joined = new Set(past.waiting.keys());
    for (const { change } of step.events)
      if (change.type === 'waiter-queued') joined.add(change.waiter.requestId);
    for (const effect of step.effects) {
      if (effect.type !== 'settle') continue;
      if (!joined.has(effect.requestId) || settled.has(effect.requestId)) return effect.requestId;
      settled.add(effect.requestId);
    }
    for (const id of joined) if (!settled.has(id) && !after.state.waiters.has(id)) return `${id} was lost`;
    return undefined;
  },

  'revisions have no gaps'({ before, after, step }) {
    let { revision } = before;
    for (const event of step.events) if (event.revision !== (revision += 1)) return `${event.revision}`;
    return revision === after.revision ? undefined : `${revision} is not ${after.revision}`;
  },

  'a refusal carries nothing that belongs to somebody else'({ step }) {
    const told = [step.reply, ...step.effects.flatMap((effect) => ('reply' in effect ? [effect.reply] : []))];
    for (const reply of told) {
      if (reply.type !== 'refused') continue;
      for (const name of Object.keys(reply)) if (!refusalFields.has(name)) return name;
      for (const name of Object.keys(reply.ended ?? {})) if (!endFields.has(name)) return name;
      if (reply.retryAfterMs !== undefined && !(reply.retryAfterMs >= 0 && reply.retryAfterMs < Infinity)) {
        return `retry after ${reply.retryAfterMs}`;
      }
    }
    return undefined;
  },

  'what is granted with claims leaves no asset overfull'({ after, step }) {
    for (const { change } of step.events) {
      if (change.type !== 'lease-granted') continue;
      for (const claim of change.lease.claims ?? []) {
        const others = after.resources
          .filter(({ key }) => key !== change.lease.key)
          .flatMap(({ claims }) => claims);
        if (!goesWith(claim, others, after.state.assets.get(claim.name)?.capacity ?? 0)) return claim.name;
      }
    }
    return undefined;
  },

  'nobody is granted what a person has to approve and has not'({ before, step }) {
    const approved = new Set<string>();
    for (const { change } of step.events) {
      if (change.type === 'approval-decided' && change.isApproved) approved.add(change.requestId);
      if (change.type !== 'waiter-left' || change.how !== 'granted') continue;
      const waiter = before.waiters.find(({ requestId }) => requestId === change.requestId);
      if (waiter?.approval?.isGiven === false && !approved.has(change.requestId)) return change.requestId;
    }
    return undefined;
  },

  'a TTL does not run while a person has control'({ before, now, step }) {
    for (const { change } of step.events) {
      if (change.type !== 'lease-ended' || change.how !== 'expired') continue;
      const lease = leaseOn(before, change.key);
      if (lease?.control?.by !== 'human') continue;
      if (now.monotonicMs < lease.control.deadlineMs + lease.ttlMs) return change.key;
    }
    return undefined;
  },

  'a lease that has ended never returns'({ after, past }) {
    for (const { tokenDigest } of after.leases) if (past.endedTokens.has(tokenDigest)) return tokenDigest;
    return undefined;
  },
};

const refusalFields = new Set([
  'type',
  'code',
  'subject',
  'retryAfterMs',
  'queueLength',
  'estimateMs',
  'ended',
]);
const endFields = new Set(['how', 'endedAt']);

/** Each holds of any state, and so of one that was just recovered. `nowMs` is the time of the step that made it. */
type StateInvariant = (seen: Seen, nowMs: number) => string | undefined;

/** Whether what somebody claimed, or wanted to claim first, has become free because a time was over. */
function freesAssetByTime(change: Change): boolean {
  if (change.type === 'waiter-left') return change.how === 'timed_out';
  return change.type === 'resource-starting' || change.type === 'resource-quarantined';
}

const stateInvariants: Readonly<Record<string, StateInvariant>> = {
  'at most one live lease per resource'({ state, leases }) {
    for (const lease of leases) {
      if (state.leases.holding(lease.tokenDigest)?.lease !== lease) return `${lease.key} has no token`;
      if (!state.resources.has(lease.key)) return `${lease.key} is no resource`;
    }
    const keys = new Set(leases.map(({ key }) => key));
    return keys.size === leases.length && state.leases.size === leases.length ? undefined : 'leases';
  },

  'the states of resources partition the pool'({ state, resources }) {
    for (const resource of resources) {
      const { key } = resource;
      if (state.leases.has(key) !== (resource.state === 'leased')) return `${key} is ${resource.state}`;
      if (resource.recovering && resource.state !== 'leased') return `${key} mends`;
      const leased = state.leases.get(key);
      if (leased !== undefined && leased.fence !== resource.fence) return `${key} has two fences`;
      const endsByItself = resource.exitAtMs < Infinity;
      if (endsByItself !== (resource.recovering || !['free', 'leased'].includes(resource.state)))
        return `${key} exit`;
    }
    const free = resources.filter((resource) => resource.state === 'free');
    return isSameList(free, state.free.values()) ? undefined : 'free';
  },

  'fences are given out once'({ state, resources }) {
    const fences = new Set<number>();
    for (const { fence, key } of resources) {
      if (fence > state.fence || fences.has(fence)) return key;
      fences.add(fence);
    }
    return undefined;
  },

  'quotas are never exceeded'({ state, leases, waiters }) {
    const { perHolder = Infinity, perTenant = Infinity } = state.limits;
    if (perHolder === Infinity && perTenant === Infinity)
      return state.holdings.size === 0 ? undefined : 'counts';
    const holders = new Map<string, number>();
    const tenants = new Map<string, number>();
    for (const { scope } of [...leases, ...waiters]) {
      increase(holders, `${scope.tenant}/${scope.holder}`);
      if (scope.tenant !== undefined) increase(tenants, scope.tenant);
    }
    if (Math.max(0, ...holders.values()) > perHolder) return 'holder';
    if (Math.max(0, ...tenants.values()) > perTenant) return 'tenant';
    const counted = (perHolder < Infinity ? holders.size : 0) + (perTenant < Infinity ? tenants.size : 0);
    return state.holdings.size === counted ? undefined : `${state.holdings.size} counts for ${counted}`;
  },

  'no free resource stands beside a waiter it could serve'({ state, waiters }) {
    for (const resource of state.free.values()) {
      for (const waiter of waiters) {
        if (!isReady(waiter) || !matches(waiter.selector, resource)) continue;
        if (doFit(state, waiter)) return `${waiter.requestId} and ${resource.key}`;
      }
    }
    return undefined;
  },

  'the queues hold the waiters that are present'({ state, waiters }) {
    const queued: Waiter[] = [];
    for (const queue of [...state.queues.values(), ...state.selectiveQueues.values()]) {
      if (queue.waiters.size === 0) return 'an empty queue';
      queued.push(...queue.waiters.values());
    }
    const present = waiters.filter(isReady);
    return isSameList(
      present,
      queued.toSorted((a, b) => a.arrival - b.arrival),
    )
      ? undefined
      : `${queued.length} for ${present.length}`;
  },

  'claims last from the grant to the end of the reset'({ state, resources }) {
    for (const { key, state: is, claims } of resources) {
      if (is === 'leased' && state.leases.get(key)?.claims !== claims && claims.length > 0)
        return `${key} leased`;
      if (is !== 'leased' && is !== 'resetting' && claims.length > 0) return `${key} is ${is}`;
    }
    return undefined;
  },

  'an exclusive claim is alone, and an update is the only one'({ resources }) {
    const held = resources.flatMap(({ claims }) => claims);
    for (const { name, mode } of held) {
      const others = held.filter((claim) => claim.name === name);
      if (mode === 'exclusive' && others.length > 1) return name;
      if (mode === 'update' && others.filter((claim) => claim.mode === 'update').length > 1) return name;
    }
    return undefined;
  },

  'requests for a person are bounded'({ state, leases }) {
    return leases.find(({ asks }) => asks.length > state.limits.asksMax)?.key;
  },

  'the next wake is the true minimum'({ state, leases, resources, waiters }) {
    let least = Infinity;
    for (const { deadlineMs, offer, control, asks } of leases) {
      least = Math.min(least, deadlineMs, offer?.deadlineMs ?? Infinity);
      if (control?.by === 'human') least = Math.min(least, control.deadlineMs);
      for (const { answer, deadlineMs: askMs } of asks)
        if (answer === undefined) least = Math.min(least, askMs);
    }
    for (const { exitAtMs } of resources) least = Math.min(least, exitAtMs);
    for (const { deadlineMs, approval } of waiters) {
      least = Math.min(least, deadlineMs, approval?.isGiven === false ? approval.deadlineMs : Infinity);
    }
    return nextWakeAt(state) === least ? undefined : `${nextWakeAt(state)} for ${least}`;
  },

  'memory is bounded'({ state: { answers, ended, limits } }) {
    for (const { size } of [answers, ended]) if (size > 2 * limits.memory) return `${size} remembered`;
    return undefined;
  },

  'what comes later is listed later'({ leases, resources, waiters }) {
    if (!isRising(leases.map(({ fence }) => fence))) return 'leases';
    if (!isRising(resources.map(({ order }) => order))) return 'resources';
    return isRising(waiters.map(({ arrival }) => arrival)) ? undefined : 'waiters';
  },
};

/** Holds after every step, but not of a state just recovered, where time went on without a registry. */
const dueInvariants: Readonly<Record<string, StateInvariant>> = {
  'nothing that is due is left'({ state }, nowMs) {
    return nextWakeAt(state) > nowMs ? undefined : `${nextWakeAt(state)} at ${nowMs}`;
  },
};

function isReady({ absent, approval }: Waiter): boolean {
  return !absent && approval?.isGiven !== false;
}

/** Whether a waiter's claims go with what is held and with what those before it in the queue want. */
function doFit(state: OwnedState, waiter: Waiter): boolean {
  const held = [...state.resources.values()].flatMap(({ claims }) => claims);
  const before = [...state.waiters.values()].filter((one) => isReady(one) && one.arrival < waiter.arrival);
  const others = [...held, ...before.flatMap(({ claims }) => claims)];
  return waiter.claims.every((claim) => goesWith(claim, others, state.assets.get(claim.name)?.capacity ?? 0));
}

function leaseOn({ leases }: Seen, key: string): Lease | undefined {
  return leases.find((lease) => lease.key === key);
}

function isSameList<T>(expected: readonly T[], actual: readonly T[]): boolean {
  return expected.length === actual.length && expected.every((one, at) => one === actual[at]);
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((number, at) => at === 0 || number > numbers[at - 1]!);
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

export function checkState(seen: Seen, nowMs: number): void {
  for (const name in stateInvariants) complain(name, stateInvariants[name]!(seen, nowMs));
}

export function checkMoment(moment: Moment): void {
  const { after, now } = moment;
  checkState(after, now.monotonicMs);
  for (const name in dueInvariants) complain(name, dueInvariants[name]!(after, now.monotonicMs));
  for (const name in stepInvariants) complain(name, stepInvariants[name]!(moment));
}

function complain(name: string, wrong: string | undefined): void {
  if (wrong !== undefined) throw new Error(`Broken: ${name} (${wrong})`);
}
