import type { RegistryEvent } from '@escarp/lease-registry';

/** What a journal says about the leases in it. */
export interface LeaseHistory {
  readonly granted: number;
  /** Leases whose grant may be in it. A journal that was compacted can begin in the middle of one. */
  readonly ended: number;
  /** Grants of a slot that was leased, or with a fence that is not above all earlier ones of that slot. */
  readonly doubled: number;
  /** Grants of a slot that had not become free, and so was not reset, since its last lease. */
  readonly unclean: number;
}

/** Follows every slot through the events. What came before the first of them is assumed to have been in order. */
export function leaseHistory(events: readonly RegistryEvent[]): LeaseHistory {
  const slots = new Map<string, { isLeased: boolean | undefined; isClean: boolean; fence: number }>();
  let [granted, ended, doubled, unclean] = [0, 0, 0, 0];
  for (const { change } of events) {
    const key = 'key' in change ? change.key : 'lease' in change ? change.lease.key : undefined;
    if (key === undefined) continue;
    const slot = slots.get(key) ?? { isLeased: undefined, isClean: true, fence: 0 };
    slots.set(key, slot);
    if (change.type === 'resource-free') {
      slot.isClean = true;
      slot.isLeased ??= false;
    }
    if (change.type === 'lease-ended') {
      if (slot.isLeased !== undefined) ended++;
      slot.isLeased = false;
    }
    if (change.type === 'lease-granted') {
      granted++;
      if (slot.isLeased === true || change.lease.fence <= slot.fence) doubled++;
      if (!slot.isClean) unclean++;
      Object.assign(slot, { isLeased: true, isClean: false });
    }
    if (change.type === 'lease-granted' || change.type === 'lease-handed-over')
      slot.fence = change.lease.fence;
  }
  return { granted, ended, doubled, unclean };
}
