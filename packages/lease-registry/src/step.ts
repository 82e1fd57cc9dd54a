import { acquire } from './acquire.js';
import type { Command } from './command.js';
import type { Effect } from './effect.js';
import type { RegistryEvent } from './event.js';
import { expireDue } from './expire.js';
import { giveGrace } from './grace.js';
import { accept, offer } from './handoff.js';
import type { Instant } from './instant.js';
import { release, retract, revoke } from './release.js';
import { renew } from './renew.js';
import { refused, type Reply } from './reply.js';
import { add, drain, failed, lost, ready, removed, resetDone } from './resource-commands.js';
import type { OwnedState } from './state.js';
import { cancel } from './serve.js';
import { malformed } from './malformed.js';
import type { StepContext } from './step-context.js';

/** The result of one command. */
export interface Step {
  readonly reply: Reply;
  /** In order. They must be durable before the reply is sent and before any effect is carried out. */
  readonly events: readonly RegistryEvent[];
  readonly effects: readonly Effect[];
}

/**
 * Carries out a command at a moment. Deterministic. Changes the state in place; replies and events are immutable. A command
 * that cannot be carried out gets a reply of type `refused`.
 * @throws Error if an invariant is broken; the state is then half changed and must not be used again.
 */
export function step(state: OwnedState, command: Command, now: Instant): Step {
  const context: StepContext = { state, now, events: [], effects: [] };
  if (command.type === 'gap') giveGrace(context, command);
  expireDue(context);
  const reply = decide(context, command);
  return { reply, events: context.events, effects: context.effects };
}

function decide(context: StepContext, command: Command): Reply {
  const bad = malformed(context.state.limits, command);
  if (bad !== undefined) return refused('bad_request', { subject: bad });
  switch (command.type) {
    case 'acquire':
      return acquire(context, command);
    case 'renew':
      return renew(context, command);
    case 'release':
      return release(context, command);
    case 'revoke':
      return revoke(context, command);
    case 'retract':
      return retract(context, command);
    case 'offer':
      return offer(context, command);
    case 'accept':
      return accept(context, command);
    case 'cancel':
      return cancel(context, command);
    case 'added':
      return add(context, command);
    case 'ready':
      return ready(context, command);
    case 'failed':
    case 'reset-failed':
      return failed(context, command);
    case 'lost':
      return lost(context, command);
    case 'reset-done':
      return resetDone(context, command);
    case 'drain':
      return drain(context, command);
    case 'removed':
      return removed(context, command);
    case 'tick':
    case 'gap':
      return { type: 'done' };
    default:
      return command satisfies never;
  }
}
