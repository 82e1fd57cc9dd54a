import type { LeaseScope } from '@escarp/contract';
import type { OwnedState } from './state.js';

/**
 * The quota that this scope has used up, if any. Waiters count like leases, so that a grant from the queue never exceeds a
 * quota and no waiter is skipped because of one. Holders are told apart by tenant: the same name in another is another.
 * @param giver the scope of a lease that is being handed over, which no longer counts.
 */
export function quotaUsedUp(
  { limits, leases, waiters }: OwnedState,
  { tenant, holder }: LeaseScope,
  giver?: LeaseScope,
): 'holder' | 'tenant' | undefined {
  const { perHolder = Infinity, perTenant = Infinity } = limits;
  if (perHolder === Infinity && perTenant === Infinity) return undefined;
  const counted = [...leases.values(), ...waiters.values()].map(({ scope }) => scope);
  const ofTenant = counted.filter((one) => one.tenant === tenant && one !== giver);
  if (ofTenant.filter((one) => one.holder === holder).length >= perHolder) return 'holder';
  return tenant !== undefined && ofTenant.length >= perTenant ? 'tenant' : undefined;
}
