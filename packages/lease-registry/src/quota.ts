import type { LeaseScope } from '@escarp/contract';
import type { OwnedState } from './state.js';

/**
 * The quota that this scope has used up, if any. Waiters count like leases, so that a grant from the queue never exceeds a
 * quota and no waiter is skipped because of one. A lease that is being handed over no longer counts.
 */
export function quotaUsedUp(
  state: OwnedState,
  scope: LeaseScope,
  giver?: LeaseScope,
): 'holder' | 'tenant' | undefined {
  const { perHolder, perTenant } = state.limits;
  if (perHolder === undefined && perTenant === undefined) return undefined;
  const isSameTenant = giver !== undefined && giver.tenant === scope.tenant;
  const ofHolder = held(state, holderName(scope)) - (isSameTenant && giver.holder === scope.holder ? 1 : 0);
  if (perHolder !== undefined && ofHolder >= perHolder) return 'holder';
  if (perTenant === undefined || scope.tenant === undefined) return undefined;
  return held(state, tenantName(scope.tenant)) - (isSameTenant ? 1 : 0) >= perTenant ? 'tenant' : undefined;
}

/** Updates the counts that the configured quotas need, and no others. */
export function count(state: OwnedState, scope: LeaseScope, by: 1 | -1): void {
  const { perHolder, perTenant } = state.limits;
  if (perHolder !== undefined) add(state, holderName(scope), by);
  if (perTenant !== undefined && scope.tenant !== undefined) add(state, tenantName(scope.tenant), by);
}

function held(state: OwnedState, name: string): number {
  return state.holdings.get(name) ?? 0;
}

function add(state: OwnedState, name: string, by: 1 | -1): void {
  const sum = held(state, name) + by;
  if (sum === 0) state.holdings.delete(name);
  else state.holdings.set(name, sum);
}

/** Holder names are per tenant: the same name in another tenant is another holder. */
function holderName(scope: LeaseScope): string {
  return `holder ${JSON.stringify([scope.tenant ?? null, scope.holder])}`;
}

function tenantName(tenant: string): string {
  return `tenant ${tenant}`;
}
