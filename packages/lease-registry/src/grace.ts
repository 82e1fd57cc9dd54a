import { changeLease } from './apply.js';
import { changeResource } from './apply-to-resource.js';
import type { Gap } from './command.js';
import { lasting } from './instant.js';
import { type Resource, timeFor } from './resource.js';
import type { Lease } from './state.js';
import { emit, type StepContext } from './step-context.js';

/**
 * Holders could not renew because the machine slept or the event loop stalled. Each lease gets at most one grace between
 * two renewals, so that a dead holder loses its lease however often the machine sleeps. Waiters keep their deadlines.
 */
export function giveGrace(context: StepContext, { lateMs }: Gap): void {
  emit(context, { type: 'clock-gap', lateMs });
  for (const lease of context.state.leases.values()) graceLease(context, lease);
  for (const resource of context.state.resources.values()) graceResource(context, resource);
}

function graceLease(context: StepContext, lease: Lease): void {
  const term = lasting(lease.ttlMs, context.now);
  if (lease.graced || term.deadlineMs <= lease.deadlineMs) return;
  changeLease(context.state, lease.key, { ...term, graced: true });
}

/** Work on a resource was suspended too and gets its full time again. A quarantine simply ends. */
function graceResource({ state, now }: StepContext, resource: Resource): void {
  if (resource.exitAtMs > now.monotonicMs || resource.state === 'quarantined') return;
  const exitAtMs = now.monotonicMs + timeFor(resource, state.limits);
  changeResource(state, state.resources.cell(resource.key), { exitAtMs });
}
