import type { Command, Instant, Limits, OwnedState, Reply } from '../../src/index.js';
import { defaultLimits, emptyState, recover, snapshotOf, step } from '../../src/index.js';
import { copyState } from '../copy-state.js';
import { checkMoment, checkState, Past, see } from './invariants.js';

/** How large a world is searched: so many resources, and so many attempts to get one, each made under its own ids. */
export interface World {
  readonly resources: number;
  readonly attempts: number;
}

/** What was found: states that differ in more than names and times, and steps between them. */
export interface Found {
  states: number;
  steps: number;
}

interface Node {
  readonly state: OwnedState;
  readonly now: Instant;
}

const limits: Limits = {
  ...defaultLimits,
  ttlMs: 2,
  waitMaxMs: 2,
  briefWaitMs: 1,
  startMs: 2,
  resetMs: 2,
  failuresMax: 2,
  stableMs: 1,
  quarantineMs: 1,
  quarantineMaxMs: 1,
};

/** Visits every state that any sequence of commands can lead to, and checks every invariant on every step. */
export function search(world: World): Found {
  const found = { states: 0, steps: 0 };
  const seen = new Set<string>();
  let frontier: Node[] = [{ state: emptyState(limits), now: { monotonicMs: 1, wallMs: 1 } }];
  while (frontier.length > 0) {
    const next: Node[] = [];
    for (const node of frontier) {
      for (const [command, passMs] of commands(world, node.state)) {
        const now = { monotonicMs: node.now.monotonicMs + passMs, wallMs: node.now.wallMs + passMs };
        const reached = { state: take(node.state, command, now), now };
        found.steps += 1;
        const name = canonical(reached);
        if (seen.has(name)) continue;
        seen.add(name);
        checkRestart(reached);
        next.push(reached);
      }
    }
    frontier = next;
  }
  found.states = seen.size;
  return found;
}

function take(state: OwnedState, command: Command, now: Instant): OwnedState {
  const before = see(state);
  const past = pastOf(state);
  const next = copyState(state);
  const made = step(next, command, now);
  checkMoment({ before, after: see(next), command, now, step: made, past });
  return next;
}

/** In a world this small nothing is forgotten, so that a state tells its whole past. */
function pastOf(state: OwnedState): Past {
  const past = new Past();
  for (const [digest, { fence }] of state.ended.generations[1]) {
    past.endedTokens.add(digest);
    past.lastGrantFence = Math.max(past.lastGrantFence, fence);
  }
  for (const { fence } of state.leases.values()) past.lastGrantFence = Math.max(past.lastGrantFence, fence);
  for (const { requestId, arrival } of state.waiters.values()) past.waiting.set(requestId, arrival);
  return past;
}

function checkRestart({ state, now }: Node): void {
  checkState(see(recover(limits, snapshotOf(state), [], now)), now.monotonicMs);
}

function* commands({ resources, attempts }: World, state: OwnedState): Generator<[Command, number]> {
  yield [{ type: 'tick' }, 1];
  yield [{ type: 'gap', lateMs: 3 }, 3];
  for (let at = 0; at < resources; at++) {
    const key = 'ab'[at]!;
    const fence = state.resources.get(key)?.fence;
    if (fence === undefined) yield [{ type: 'added', key }, 0];
    else yield* ofResource(key, fence);
  }
  for (let at = 0; at < attempts; at++) yield* ofAttempt(at);
}

function* ofResource(key: string, fence: number): Generator<[Command, number]> {
  for (const type of ['ready', 'reset-done'] as const) yield [{ type, key, fence }, 0];
  for (const type of ['failed', 'reset-failed', 'lost'] as const)
    yield [{ type, key, fence, error: 'no' }, 0];
  for (const type of ['revoke', 'drain', 'removed'] as const) yield [{ type, key }, 0];
  yield [{ type: 'ready', key, fence: fence - 1 }, 0];
}

function* ofAttempt(at: number): Generator<[Command, number]> {
  const made = { requestId: `r${at}`, leaseId: `l${at}`, tokenDigest: `d${at}`, scope: { holder: `h${at}` } };
  const { requestId, tokenDigest } = made;
  const selector = at === 1 ? { key: 'a' } : {};
  yield [{ type: 'acquire', ...made, selector, waitMs: 2 }, 0];
  yield [{ type: 'accept', ...made, codeDigest: `c${(at + 1) % 2}` }, 0];
  yield [{ type: 'offer', tokenDigest, to: `h${(at + 1) % 2}`, codeDigest: `c${at}`, ttlMs: 1 }, 0];
  for (const type of ['renew', 'release', 'retract'] as const) yield [{ type, tokenDigest }, 0];
  yield [{ type: 'cancel', requestId }, 0];
}

/** A name that two states share only if nothing but the names of moments and fences tells them apart. */
function canonical({ state, now }: Node): string {
  const from = now.monotonicMs;
  const ranks = rankOf(state);
  const resources = [...state.resources.values()].map((resource) => {
    const upForMs = Math.min(1, from - resource.upSinceMs);
    const { key, state: is, draining, recovering, failures, exitAtMs } = resource;
    return [
      key,
      is,
      draining,
      recovering,
      Math.min(2, failures),
      exitAtMs - from,
      upForMs,
      ranks.get(resource.fence),
    ];
  });
  const leases = [...state.leases.values()].map(({ key, tokenDigest, deadlineMs, graced, offer }) => {
    return [key, tokenDigest, deadlineMs - from, graced, offer?.codeDigest, offer && offer.deadlineMs - from];
  });
  const waiters = [...state.waiters.values()].map(({ requestId, deadlineMs }) => [
    requestId,
    deadlineMs - from,
  ]);
  const ended = [...state.ended.generations[1]].map(([digest, { how }]) => `${digest} ${how}`).toSorted();
  const answers = [...state.answers.generations[1]]
    .map(([id, answer]) => `${id} ${JSON.stringify(answer.request['type'])} ${outcomeOf(answer.reply)}`)
    .toSorted();
  return JSON.stringify([resources, leases, waiters, ended, answers]);
}

/** Fences matter by their order only. */
function rankOf(state: OwnedState): Map<number, number> {
  const fences = [...state.resources.values()].map(({ fence }) => fence);
  return new Map(fences.toSorted((a, b) => a - b).map((fence, rank) => [fence, rank]));
}

function outcomeOf(reply: Reply): string {
  if (reply.type === 'granted') return reply.lease.id;
  return reply.type === 'refused' ? reply.code : reply.type;
}
