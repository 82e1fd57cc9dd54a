import type { Edit } from './versioned.js';
import type { LeaseScope } from './scope.js';
import type { RegistryState } from './state.js';
import type { Draft } from './turn.js';

/**
 * The quota this scope has used up, if any. Places in line count like leases, so that a grant out of the line
 * never exceeds a quota and nobody in line is ever passed over for one. What a giver hands over no longer counts.
 */
export function quotaUsedUp(
  state: RegistryState,
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

/** Keeps the counts that the quotas in force ask for, and only those. */
export function count(draft: Draft, scope: LeaseScope, by: 1 | -1, edit: Edit): void {
  const { perHolder, perTenant } = draft.limits;
  if (perHolder !== undefined) add(draft, holderName(scope), by, edit);
  if (perTenant !== undefined && scope.tenant !== undefined) add(draft, tenantName(scope.tenant), by, edit);
}

function held(state: RegistryState, name: string): number {
  return state.holdings.get(name) ?? 0;
}

function add(draft: Draft, name: string, by: 1 | -1, edit: Edit): void {
  const sum = held(draft, name) + by;
  draft.holdings = sum === 0 ? draft.holdings.delete(name, edit) : draft.holdings.set(name, sum, edit);
}

/** A holder is somebody within a tenant: the same name elsewhere is somebody else. */
function holderName(scope: LeaseScope): string {
  return `holder ${JSON.stringify([scope.tenant ?? null, scope.holder])}`;
}

function tenantName(tenant: string): string {
  return `tenant ${tenant}`;
}
