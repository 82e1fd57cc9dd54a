import { claimants } from './claims.js';
import type { RemoveAsset, SetAsset } from './command.js';
import { refused, type Reply } from './reply.js';
import { settle } from './grant.js';
import { emit, type StepContext } from './step-context.js';

/** Adds an asset or changes it. Leases that claim it keep what they have; requests that come from now on are measured by it. */
export function setAsset(context: StepContext, command: SetAsset): Reply {
  const { name, capacity, approval, version, ifVersion } = command;
  const { assets, limits } = context.state;
  const present = assets.get(name);
  if (ifVersion !== undefined && ifVersion !== (present?.version ?? 0)) return refused('version_conflict');
  if (present === undefined && assets.size >= limits.assetsMax) return refused('too_many_assets');
  emit(context, { type: 'asset-set', asset: { name, capacity, approval, version } });
  return { type: 'done' };
}

/** Removes an asset that no lease claims, and tells those who waited for it. */
export function removeAsset(context: StepContext, { name }: RemoveAsset): Reply {
  const { state } = context;
  if (!state.assets.has(name)) return refused('unknown_asset', { subject: name });
  if (claimants(state, [{ name, mode: 'shared' }]).length > 0) {
    return refused('asset_in_use', { subject: name });
  }
  for (const waiter of state.waiters.values()) {
    if (!waiter.claims.some((claim) => claim.name === name)) continue;
    emit(context, { type: 'waiter-left', requestId: waiter.requestId, how: 'refused' });
    settle(context, waiter, refused('unknown_asset', { subject: name }));
  }
  emit(context, { type: 'asset-removed', name });
  return { type: 'done' };
}
