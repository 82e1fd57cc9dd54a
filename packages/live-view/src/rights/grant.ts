import type { Right } from '../wire/index.js';

/** What a link or a session may do, and for how long. */
export interface Grant {
  readonly right: Right;
  /** The one slot it is for; undefined for all. */
  readonly slot: number | undefined;
  /**
   * The lease it ends with, by its fence. A grant for a slot that nobody holds has none yet, and is bound to the next
   * lease of the slot.
   */
  readonly fence: number | undefined;
}

/** Fences by slot, of leased slots alone. Undefined where nobody knows, as while the daemon does not answer. */
export type FenceOf = (slot: number) => number | null | undefined;

/** The grant as it is now: bound to a lease that has begun since, or undefined if its lease has ended. */
export function currentGrant(grant: Grant, fenceOf: FenceOf): Grant | undefined {
  if (grant.slot === undefined) return grant;
  const fence = fenceOf(grant.slot);
  if (fence === undefined) return grant;
  if (grant.fence === undefined) return fence === null ? grant : { ...grant, fence };
  return grant.fence === fence ? grant : undefined;
}

/** Whether the grant includes this right to this slot. */
export function mayDo(grant: Grant, right: Right, slot: number): boolean {
  const isSlot = grant.slot === undefined || grant.slot === slot;
  return isSlot && (grant.right === 'control' || right === 'view');
}

/** Whether a grant gives no more than the other does: who has one can pass on no more. */
export function isWithin(asked: Pick<Grant, 'right' | 'slot'>, grant: Grant): boolean {
  if (asked.right === 'control' && grant.right === 'view') return false;
  return grant.slot === undefined || grant.slot === asked.slot;
}
