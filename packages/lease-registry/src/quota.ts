import type { LeaseScope } from '@escarp/contract';
import type { Lease, RegistryState } from './state.js';

/**
 * The quota that this scope has used up, if any. Waiters count like leases, so that a grant from the queue never exceeds a
 * quota and no waiter is skipped because of one. Holder names are per tenant: the same name in another tenant is another
 * holder.
 * @param given a lease that is being handed over, which no longer counts.
 */
export function quotaUsedUp(
  { limits, leases, waiters }: RegistryState,
  scope: LeaseScope,
  given?: Lease,
): 'holder' | 'tenant' | undefined {
  const { perHolder = Infinity, perTenant = Infinity } = limits;
  if (perHolder === Infinity && perTenant === Infinity) return undefined;
  const counted = [...leases.values().filter((lease) => lease !== given), ...waiters.values()];
  const team = counted.filter((one) => one.scope.tenant === scope.tenant);
  if (team.filter((one) => one.scope.holder === scope.holder).length >= perHolder) return 'holder';
  return scope.tenant !== undefined && team.length >= perTenant ? 'tenant' : undefined;
}
