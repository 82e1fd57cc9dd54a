import type { KeyAndFence, Lease } from './lease.js';
import type { Resource, ResourceCell } from './resource.js';
import type { TimedMap } from './timed-map.js';

/** The live leases, which are kept with their resources: by resource key, and by token digest in the order of their grants. */
export class LeaseTable {
  private readonly resources: TimedMap<Resource, ResourceCell>;
  private readonly byToken = new Map<string, ResourceCell>();

  constructor(resources: TimedMap<Resource, ResourceCell>) {
    this.resources = resources;
  }

  get size(): number {
    return this.byToken.size;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  get(key: string): Lease | undefined {
    return this.resources.findCell(key)?.lease;
  }

  /** The lease on this resource, if the fence is still its. */
  under({ key, fence }: KeyAndFence): Lease | undefined {
    const lease = this.get(key);
    return lease?.fence === fence ? lease : undefined;
  }

  values(): Lease[] {
    return Array.from(this.byToken.values(), ({ lease }) => lease!);
  }

  /** What has the lease with this token. */
  holding(tokenDigest: string): { lease: Lease | undefined } | undefined {
    return this.byToken.get(tokenDigest);
  }

  add(cell: ResourceCell, lease: Lease): void {
    cell.lease = lease;
    this.byToken.set(lease.tokenDigest, cell);
  }

  delete(cell: ResourceCell, { tokenDigest }: Lease): void {
    cell.lease = undefined;
    this.byToken.delete(tokenDigest);
  }
}
