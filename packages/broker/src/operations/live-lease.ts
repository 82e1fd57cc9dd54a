import type { Lease, RegistryState } from '@escarp/lease-registry';
import type { LeaseView } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import type { Submission } from './ports.js';
import { leaseView } from '../slots/slot-views.js';
import { refusalError } from './refusals.js';
import { submit } from './submit.js';

/**
 * The lease as it is now, or undefined if it has ended. The slot alone does not identify a lease that was once on it;
 * the fence does, which no two leases share.
 */
export function liveLease({ leases, resources }: RegistryState, { key, fence }: Lease): Lease | undefined {
  const lease = leases.get(key);
  return lease?.fence === fence && resources.get(key)?.fence === fence ? lease : undefined;
}

/**
 * A lease as its holder sees it, from its own record, and from its slot as long as the slot is its own. Nothing may
 * happen between the check and the view. Throws `lease_ended`, with how and when, for one that is over.
 */
export async function viewOfLive(broker: Submission, asked: Lease, leaseToken: string): Promise<LeaseView> {
  const { state } = broker.registry;
  const lease = liveLease(state, asked);
  const resource = state.resources.get(asked.key);
  if (lease === undefined || resource === undefined) throw await endOf(broker, asked);
  return leaseView(broker.known, resource, lease, leaseToken);
}

/** How a lease ended, as the registry remembers it, as an error of the contract. */
export async function endOf(
  broker: Submission,
  { tokenDigest }: Pick<Lease, 'tokenDigest'>,
): Promise<OperationError> {
  // An ended lease never returns, so this renews nothing.
  const reply = await submit(broker, { type: 'renew', tokenDigest });
  if (reply.type !== 'refused' || reply.code !== 'lease_ended') return new OperationError('lease_ended');
  return refusalError(reply, () => []);
}
