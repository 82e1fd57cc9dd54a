import type { RegistryState } from '@escarp/lease-registry';
import { queueOf } from '@escarp/lease-registry';
import { omitUndefined } from '@escarp/contract';
import type { Access, OperationHandlers } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import type { StatusOperations } from './ports.js';
import { addressOf } from '../slots/slot-key.js';
import { slotView } from '../slots/slot-views.js';
import { refuseLostDirectory } from './submit.js';

type StatusHandlers = Pick<OperationHandlers, 'status' | 'reaped' | 'healthz' | 'readyz'>;

const reapedMax = 50;
const queueShownMax = 100;

/** How often a lease can be reaped late: the wake tolerance a holder should reckon with, in seconds. */
const reaperIntervalS = 2;

/** What anyone may ask. */
export function statusHandlers(broker: StatusOperations, version: string): StatusHandlers {
  return {
    status: (_, { access }) => status(broker, version, access),
    reaped: async () => ({ reaped: reapedLeases(broker.registry.state) }),
    healthz: async () => ({ ok: true, version }),
    readyz: async () => {
      refuseLostDirectory(broker);
      if (isServing(broker)) return { ready: true };
      throw new OperationError('not_ready');
    },
  };
}

async function status({ registry, known, slots }: StatusOperations, version: string, access: Access) {
  await slots.refresh(registry.state.resources.keys());
  const { state } = registry;
  const views = [...state.resources.values()].map((resource) => slotView(known, state, resource));
  return {
    poolSize: views.length,
    leaseTtlS: state.limits.ttlMs / 1_000,
    reaperIntervalS,
    slots: views.toSorted((a, b) => a.slot - b.slot),
    queueLength: state.waiters.size,
    queue: firstInLine(state),
    approvals: pendingApprovals(state),
    asks: openQuestions(state, access),
    version,
    undeleted: slots.undeletedCount,
    spares: slots.spares,
    revision: state.revision,
  };
}

function pendingApprovals({ waiters }: RegistryState) {
  return [...waiters.values()].flatMap(({ approval, scope, claims, queuedAt }) => {
    if (approval === undefined || approval.isGiven) return [];
    const { holder, tenant, run, client } = scope;
    const asking = { id: approval.id, holder, ...omitUndefined({ tenant, run, client }) };
    const times = { queuedAt: queuedAt / 1_000, expiresAt: approval.expiresAt / 1_000 };
    return [{ ...asking, logins: claims.map(({ name }) => name), ...times }];
  });
}

/** What a person is to do may be a secret between the two, so other holders do not see it. */
function openQuestions({ leases }: RegistryState, access: Access) {
  return leases.values().flatMap(({ key, fence, scope, asks }) => {
    const open = asks.filter(({ answer }) => answer === undefined);
    return open.map(({ id, reason, instructions, askedAt, expiresAt }) => ({
      id,
      ...addressOf(key),
      fence,
      holder: scope.holder,
      reason,
      instructions: access === 'admin' ? (instructions ?? null) : null,
      askedAt: askedAt / 1_000,
      expiresAt: expiresAt / 1_000,
    }));
  });
}

function firstInLine(state: RegistryState) {
  return queueOf(state)
    .slice(0, queueShownMax)
    .map(({ waiter, position, estimateMs }) => ({
      holder: waiter.scope.holder,
      position,
      estimateS: estimateMs / 1_000,
      queuedAt: waiter.queuedAt / 1_000,
    }));
}

function reapedLeases({ ended }: RegistryState) {
  const all = ended.values().filter(({ how }) => how === 'expired');
  const newestFirst = all.toSorted((a, b) => b.endedAt - a.endedAt).slice(0, reapedMax);
  return newestFirst.map(({ key, holder, fence, acquiredAt, renewedAt, endedAt }) => ({
    ...addressOf(key),
    holder,
    fence,
    acquiredAt: acquiredAt / 1_000,
    lastHeartbeat: renewedAt === acquiredAt ? null : renewedAt / 1_000,
    reapedAt: endedAt / 1_000,
  }));
}

/** Whether a lease could be had, now or after a wait. */
function isServing({ registry, journal, stopping }: StatusOperations): boolean {
  if (journal.trouble() !== undefined || stopping.aborted) return false;
  const resources = [...registry.state.resources.values()];
  return resources.some(({ state }) => state === 'free' || state === 'leased' || state === 'resetting');
}
