import type { Instant } from './instant.js';
import { LeaseStore } from './lease-store.js';
import { sortedBy } from './persistent-map.js';
import type { Lease } from './state.js';
import { type Edit, Versioned } from './versioned.js';

/**
 * The live leases, a persistent table by token digest and by resource key that knows the next deadline.
 *
 * Terms stand apart from the rest as plain numbers, so that a renewal, which is most of what ever happens to a lease,
 * writes four numbers and leaves nothing behind to be collected. What is handed out is made when it is asked for.
 */
export class LeaseTable extends Versioned<LeaseStore> {
  static empty(): LeaseTable {
    return new LeaseTable(new LeaseStore([], []), undefined);
  }

  get size(): number {
    return this.own.grants.length;
  }

  /** The next deadline of a lease or an offer, Infinity when there is none. */
  get min(): number {
    return this.own.heap.min;
  }

  /** Whether a deadline may be at or before `limit`; cheaper than `min`, and never wrong in saying no. */
  mayReach(limit: number): boolean {
    return this.own.heap.bound <= limit;
  }

  has(key: string): boolean {
    return this.own.byKey.has(key);
  }

  get(key: string): Lease | undefined {
    const { own } = this;
    const row = own.byKey.get(key);
    return row === undefined ? undefined : own.at(row);
  }

  /** The row of the lease that this token opens; it is good until the next change. */
  rowOf(tokenDigest: string): number | undefined {
    return this.own.byToken.get(tokenDigest);
  }

  at(row: number): Lease {
    return this.own.at(row);
  }

  /** Moves a deadline to a full TTL from now, unless it is later already. */
  renew(row: number, now: Instant, edit: Edit): LeaseTable {
    const version = this.under(edit);
    version.own.renew(row, now);
    return version.changed();
  }

  /** Puts a lease on its resource, in place of the one with the same token if there is one. */
  set(lease: Lease, edit: Edit): LeaseTable {
    const version = this.under(edit);
    version.own.set(lease);
    return version.changed();
  }

  delete(key: string, edit: Edit): LeaseTable {
    const version = this.under(edit);
    version.own.delete(key);
    return version.changed();
  }

  /** Those with a deadline, be it of an offer, at or before `limit`, in the order in which they were granted. */
  upTo(limit: number): Lease[] {
    const { own } = this;
    // Rows are mostly in that order already, which saves most of the sorting.
    const rows = Float64Array.from(own.heap.upTo(limit)).toSorted();
    return sortedBy(
      Array.from(rows, (row) => own.at(row)),
      fenceOf,
    );
  }

  /** All, in the order in which they were granted. */
  values(): Lease[] {
    const { own } = this;
    return sortedBy(
      own.grants.map((_, row) => own.at(row)),
      fenceOf,
    );
  }

  private under(edit: Edit): LeaseTable {
    const store = this.storeFor(edit);
    return store === undefined ? this : new LeaseTable(store, edit);
  }
}

function fenceOf(lease: Lease): number {
  return lease.fence;
}
