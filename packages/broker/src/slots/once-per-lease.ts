import type { Lease } from '@escarp/lease-registry';

/** Work that is done once for each lease at a time, however often it is asked for. */
export class OncePerLease {
  private readonly under = new Map<number, Promise<void>>();

  /** Settles as the work does, whoever began it. */
  run({ fence }: Pick<Lease, 'fence'>, work: () => Promise<void>): Promise<void> {
    const begun = this.under.get(fence) ?? work().finally(() => this.under.delete(fence));
    this.under.set(fence, begun);
    return begun;
  }
}
