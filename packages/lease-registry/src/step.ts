import { acquire } from './acquire.js';
import { cancel } from './cancel.js';
import type { Command } from './command.js';
import type { Effect } from './effect.js';
import type { RegistryEvent } from './event.js';
import { expireDue } from './expire.js';
import { giveGrace } from './grace.js';
import { accept, decline, offer } from './handoff.js';
import type { Instant } from './instant.js';
import { release, retract, revoke } from './release.js';
import { renew } from './renew.js';
import type { Reply } from './reply.js';
import { add, drain, failed, lost, ready, removed, resetDone } from './resource-commands.js';
import type { RegistryState } from './state.js';
import { nextWakeAt } from './state.js';
import type { Turn } from './turn.js';
import { beginTurn } from './turn.js';

/** What one command led to. */
export interface Step {
  readonly state: RegistryState;
  readonly reply: Reply;
  /** In order; durable before the reply leaves and before any effect is carried out. */
  readonly events: readonly RegistryEvent[];
  readonly effects: readonly Effect[];
  /** Monotonic time of the next deadline; Infinity when time alone changes nothing. */
  readonly nextWakeAt: number;
}

/**
 * The whole of the registry: what it does with a command at a moment. Total and deterministic; the input state is
 * never changed. Operating errors are replies of type `refused`; it throws only if an invariant is broken.
 */
export function step(state: RegistryState, command: Command, now: Instant): Step {
  const turn = beginTurn(state, now);
  if (command.type === 'gap') giveGrace(turn, command);
  expireDue(turn);
  const reply = decide(turn, command);
  return new Outcome(turn.state, reply, turn.events, turn.effects);
}

/** Finds the next wake when somebody asks, which is once for many steps. */
class Outcome implements Step {
  readonly state: RegistryState;
  readonly reply: Reply;
  readonly events: readonly RegistryEvent[];
  readonly effects: readonly Effect[];

  constructor(
    state: RegistryState,
    reply: Reply,
    events: readonly RegistryEvent[],
    effects: readonly Effect[],
  ) {
    this.state = state;
    this.reply = reply;
    this.events = events;
    this.effects = effects;
  }

  get nextWakeAt(): number {
    return nextWakeAt(this.state);
  }
}

function decide(turn: Turn, command: Command): Reply {
  switch (command.type) {
    case 'acquire':
      return acquire(turn, command);
    case 'renew':
      return renew(turn, command);
    case 'release':
      return release(turn, command);
    case 'revoke':
      return revoke(turn, command);
    case 'retract':
      return retract(turn, command);
    case 'offer':
      return offer(turn, command);
    case 'accept':
      return accept(turn, command);
    case 'decline':
      return decline(turn, command);
    case 'cancel':
      return cancel(turn, command);
    case 'added':
      return add(turn, command);
    case 'ready':
      return ready(turn, command);
    case 'failed':
    case 'reset-failed':
      return failed(turn, command);
    case 'lost':
      return lost(turn, command);
    case 'reset-done':
      return resetDone(turn, command);
    case 'drain':
      return drain(turn, command);
    case 'removed':
      return removed(turn, command);
    case 'tick':
    case 'gap':
      return { type: 'done' };
    default:
      return command satisfies never;
  }
}
