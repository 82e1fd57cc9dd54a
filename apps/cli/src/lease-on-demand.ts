import { isLeaseOver } from '@escarp/contract';
import type { Client, HeldLease, LeaseView } from '@escarp/transport/client';

/** A lease that is acquired at the first use and given back when nobody uses it; further uses get the same lease. */
export interface LeaseOnDemand {
  /** The current lease, or a new one if there is none or it was lost. */
  readonly use: () => Promise<LeaseView>;
  /** Gives the slot back, or stops waiting for one. */
  readonly giveBack: () => Promise<void>;
}

interface Taken {
  readonly held: Promise<HeldLease>;
  readonly wanted: AbortController;
}

export function leaseOnDemand(
  connect: () => Promise<Client>,
  acquire: (client: Client, signal: AbortSignal) => Promise<LeaseView>,
): LeaseOnDemand {
  let present: Taken | undefined;
  const take = (): Taken => {
    const wanted = new AbortController();
    const held = connect().then(async (client) => client.hold(await acquire(client, wanted.signal)));
    return { held, wanted };
  };
  const use = async (): Promise<LeaseView> => {
    const taken = (present ??= take());
    const forget = (): void => {
      if (present === taken) present = undefined;
    };
    const held = await taken.held.catch((error: unknown) => {
      forget();
      throw error;
    });
    try {
      // A heartbeat shows whether the lease is still valid, and where its browser is now.
      return await held.renew();
    } catch (error) {
      if (!isLeaseOver(error)) throw error;
      forget();
      return use();
    }
  };
  return {
    use,
    giveBack: async () => {
      const taken = present;
      present = undefined;
      taken?.wanted.abort();
      const held = await taken?.held.catch(() => undefined);
      await held?.release({ noWait: true }).catch(() => {});
    },
  };
}
