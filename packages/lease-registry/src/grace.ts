import { changeLease } from './apply.js';
import { changeResource } from './apply-to-resource.js';
import type { Gap } from './command.js';
import type { Reply } from './reply.js';
import type { Lease, Resource } from './state.js';
import type { Turn } from './turn.js';
import { emit } from './turn.js';

/**
 * The machine slept or the loop stalled, and holders could not renew. Each lease gets at most one grace between
 * two renewals: a holder that is dead stays dead however often the machine sleeps. Waiters' deadlines stand.
 */
export function giveGrace(turn: Turn, { lateMs }: Gap): Reply {
  emit(turn, { type: 'clock-gap', lateMs });
  for (const lease of turn.state.leases.values()) graceLease(turn, lease);
  for (const resource of turn.state.resources.upTo(Number.MAX_VALUE)) graceResource(turn, resource);
  return { type: 'done' };
}

function graceLease(turn: Turn, lease: Lease): void {
  const { monotonicMs, wallMs } = turn.now;
  const deadlineMs = monotonicMs + lease.ttlMs;
  if (lease.graced || deadlineMs <= lease.deadlineMs) return;
  changeLease(turn.state, lease.key, turn.edit, {
    deadlineMs,
    expiresAt: wallMs + lease.ttlMs,
    graced: true,
  });
}

/** Whoever works on a resource slept too, and gets its time again. A quarantine simply ends. */
function graceResource(turn: Turn, { key, state, exitAtMs }: Resource): void {
  const { monotonicMs } = turn.now;
  if (exitAtMs > monotonicMs || state === 'quarantined') return;
  const { startMs, resetMs } = turn.state.limits;
  const allowedMs = state === 'resetting' ? resetMs : startMs;
  changeResource(turn.state, key, turn.edit, { exitAtMs: monotonicMs + allowedMs });
}
