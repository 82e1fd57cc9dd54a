import type { Lease } from './lease-record.js';

/** Holds the current value of a lease, so that a renewal writes to one place. */
interface Holding {
  lease: Lease;
}

/** The live leases by resource key, in the order of their grants, and by token digest. */
export class LeaseTable {
  private readonly byKey = new Map<string, Holding>();
  private readonly byToken = new Map<string, Holding>();

  get size(): number {
    return this.byKey.size;
  }

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  get(key: string): Lease | undefined {
    return this.byKey.get(key)?.lease;
  }

  values(): Lease[] {
    return [...this.byKey.values()].map(({ lease }) => lease);
  }

  holding(tokenDigest: string): Holding | undefined {
    return this.byToken.get(tokenDigest);
  }

  add(lease: Lease): void {
    const holding = { lease };
    this.byKey.set(lease.key, holding);
    this.byToken.set(lease.tokenDigest, holding);
  }

  delete({ key, tokenDigest }: Lease): void {
    this.byKey.delete(key);
    this.byToken.delete(tokenDigest);
  }
}
