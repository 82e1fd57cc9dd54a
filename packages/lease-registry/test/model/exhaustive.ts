import type { Command, Instant, Limits, OwnedState, Reply } from '../../src/index.js';
import { defaultLimits, emptyState, recover, snapshotOf, step } from '../../src/index.js';
import { copyState } from '../copy-state.js';
import { checkMoment, checkState, Past, see } from './invariants.js';

/**
 * How large a world is searched: so many resources, and so many attempts to get one, each made under its own ids. `about`
 * says which commands are tried: all that concern leases and resources, or fewer of those and the ones for assets and
 * approvals, or for people.
 */
export interface World {
  readonly resources: number;
  readonly attempts: number;
  readonly about: 'leases' | 'claims' | 'people';
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
  approvalMs: 1,
  prepareMs: 1,
  controlMs: 2,
  askMs: 1,
  asksMax: 1,
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

function* commands(world: World, state: OwnedState): Generator<[Command, number]> {
  if (world.about === 'leases') yield* ofLeases(world, state);
  else yield* ofSharing(world, state);
}

/** Resources are there from the start and never fail, so that what is shared can be searched in full. */
function* ofSharing(world: World, state: OwnedState): Generator<[Command, number]> {
  const { resources, attempts, about } = world;
  yield [{ type: 'tick' }, 1];
  for (const key of 'ab'.slice(0, resources)) {
    const resource = state.resources.get(key);
    if (resource?.state === undefined || resource.state === 'starting') {
      const fence = resource?.fence ?? 0;
      yield [resource === undefined ? { type: 'added', key } : { type: 'ready', key, fence }, 0];
      return;
    }
    yield [{ type: 'reset-done', key, fence: resource.fence }, 0];
    yield* about === 'claims' ? ofClaims(key, resource.fence) : ofPeople(key, resource.fence, state);
  }
  for (let at = 0; at < attempts; at++) yield* about === 'claims' ? ofClaimant(at) : ofHolder(at);
  if (about === 'claims') yield* ofAssets(state);
}

function* ofAssets(state: OwnedState): Generator<[Command, number]> {
  for (const approval of [false, true])
    yield [{ type: 'asset-set', name: 'x', capacity: 1, approval, version: 1 }, 0];
  yield [{ type: 'asset-removed', name: 'x' }, 0];
  for (const { approval } of state.waiters.values()) {
    if (approval === undefined || approval.isGiven) continue;
    for (const isApproved of [false, true]) yield [{ type: 'decide', id: approval.id, isApproved }, 0];
  }
}

function* ofClaims(key: string, fence: number): Generator<[Command, number]> {
  yield [{ type: 'reset-failed', key, fence, error: 'no' }, 0];
  for (const type of ['prepared', 'prepare-failed'] as const) yield [{ type, key, fence }, 0];
}

function* ofClaimant(at: number): Generator<[Command, number]> {
  const [made, mode] = [madeFor(at), (['exclusive', 'shared', 'update'] as const)[at % 3]!];
  const { requestId, tokenDigest } = made;
  const claims = [{ name: 'x', mode }];
  yield [{ type: 'acquire', ...made, selector: {}, claims, prepare: at === 1, waitMs: 2 }, 0];
  yield [{ type: 'release', tokenDigest }, 0];
  yield [{ type: 'cancel', requestId }, 0];
}

function* ofPeople(key: string, fence: number, state: OwnedState): Generator<[Command, number]> {
  yield [{ type: 'take-control', key, fence }, 0];
  yield [{ type: 'return-control', key, fence, outcome: 'done' }, 0];
  yield [{ type: 'revoke', key }, 0];
  yield [{ type: 'gap', lateMs: 3 }, 3];
  for (const { id } of state.leases.get(key)?.asks ?? [])
    yield [{ type: 'answer', key, fence, id, outcome: 'declined' }, 0];
}

function* ofHolder(at: number): Generator<[Command, number]> {
  const made = madeFor(at);
  const { tokenDigest } = made;
  yield [{ type: 'acquire', ...made, selector: {}, waitMs: 2 }, 0];
  yield [{ type: 'ask', tokenDigest, reason: 'stuck' }, 0];
  yield [{ type: 'offer', tokenDigest, to: `h${at + 1}`, codeDigest: `c${at}`, ttlMs: 1 }, 0];
  yield [{ type: 'accept', ...made, codeDigest: `c${at - 1}` }, 0];
  for (const type of ['renew', 'release'] as const) yield [{ type, tokenDigest }, 0];
}

function* ofLeases({ resources, attempts }: World, state: OwnedState): Generator<[Command, number]> {
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

function madeFor(at: number) {
  return { requestId: `r${at}`, leaseId: `l${at}`, tokenDigest: `d${at}`, scope: { holder: `h${at}` } };
}

function* ofAttempt(at: number): Generator<[Command, number]> {
  const made = madeFor(at);
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
      resource.claims.length,
    ];
  });
  const leases = [...state.leases.values()].map((lease) => {
    const { key, tokenDigest, deadlineMs, graced, offer, preparing, control, asks } = lease;
    const offered = [offer?.codeDigest, offer && offer.deadlineMs - from];
    const human = control?.by === 'human' ? control.deadlineMs - from : control?.by;
    const asked = asks.map((ask) => ask.answer?.outcome ?? ask.deadlineMs - from);
    return [key, tokenDigest, deadlineMs - from, graced, offered, preparing, human, asked];
  });
  const waiters = [...state.waiters.values()].map(({ requestId, deadlineMs, approval }) => [
    requestId,
    deadlineMs - from,
    approval && (approval.isGiven || approval.deadlineMs - from),
  ]);
  const assets = [...state.assets.values()].map(({ approval }) => approval);
  const ended = [...state.ended.generations[1]].map(([digest, { how }]) => `${digest} ${how}`).toSorted();
  const answers = [...state.answers.generations[1]]
    .map(([id, answer]) => `${id} ${JSON.stringify(answer.request['type'])} ${outcomeOf(answer.reply)}`)
    .toSorted();
  return JSON.stringify([resources, leases, waiters, ended, answers, assets]);
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
