import { acquire } from './acquire.js';
import { removeAsset, setAsset } from './asset-commands.js';
import type { Command } from './command.js';
import type { Effect } from './effect.js';
import type { Change, RegistryEvent } from './event.js';
import { expireDue } from './expire.js';
import { giveGrace } from './grace.js';
import { accept, offer } from './handoff.js';
import { once } from './idempotency.js';
import type { Instant } from './instant.js';
import { prepared, prepareFailed, release, renew, retract, revoke } from './lease-commands.js';
import { answerOpen, ask, decide, returnControl, takeControl } from './people.js';
import { refused, type Reply } from './reply.js';
import { add, drain, failed, lost, ready, removed, resetDone } from './resource-commands.js';
import type { OwnedState } from './state.js';
import { cancel, serveFree } from './grant.js';
import { malformed } from './malformed.js';
import type { StepContext } from './step-context.js';

/** The result of one command. */
export interface Step {
  readonly reply: Reply;
  /** In order. They must be durable before the reply is sent and before any effect is carried out. */
  readonly events: readonly RegistryEvent[];
  readonly effects: readonly Effect[];
}

type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;

const passTime = (): Reply => ({ type: 'done' });

const handlers: {
  readonly [T in Command['type']]: (context: StepContext, command: CommandOf<T>) => Reply;
} = {
  acquire,
  renew: once(renew),
  release: once(release),
  revoke,
  retract,
  offer: once(offer),
  accept: once(accept),
  cancel,
  added: add,
  ready,
  failed,
  'reset-failed': failed,
  lost,
  'reset-done': resetDone,
  drain,
  removed,
  'asset-set': setAsset,
  'asset-removed': removeAsset,
  decide,
  prepared,
  'prepare-failed': prepareFailed,
  'take-control': takeControl,
  'return-control': returnControl,
  ask: once(ask),
  answer: answerOpen,
  tick: passTime,
  gap: passTime,
};

/**
 * Carries out a command at a moment. Deterministic. Changes the state in place; replies and events are immutable. A command
 * that cannot be carried out gets a reply of type `refused`.
 * @throws Error if an invariant is broken; the state is then half changed and must not be used again.
 */
export function step(state: OwnedState, command: Command, now: Instant): Step {
  const context: StepContext = { state, now, events: [], effects: [] };
  if (command.type === 'gap') giveGrace(context, command);
  expireDue(context);
  serveClaimants(context, 0);
  const decidedFrom = context.events.length;
  const bad = malformed(state.limits, command);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type of a command chooses the handler it fits.
  const handle = handlers[command.type] as (context: StepContext, command: Command) => Reply;
  const reply = bad === undefined ? handle(context, command) : refused('bad_request', { subject: bad });
  serveClaimants(context, decidedFrom);
  return { reply, events: context.events, effects: context.effects };
}

/** Lets those who wait for assets have what the events from this one on have left free. */
function serveClaimants(context: StepContext, from: number): void {
  if (context.state.selectiveQueues.size === 0) return;
  if (context.events.slice(from).some(({ change }) => freeing.has(change.type))) serveFree(context);
}

const freeing: ReadonlySet<Change['type']> = new Set<Change['type']>([
  'resource-free',
  'resource-starting',
  'resource-quarantined',
  'resource-removed',
  'waiter-left',
  'approval-decided',
  'asset-set',
]);
