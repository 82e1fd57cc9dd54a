import type { Client, HeldLease, LeaseView } from '@escarp/transport/client';

/** A lease that is taken at the first use and given back when nobody uses it; asked again, it is the same one. */
export interface LeaseOnDemand {
  /** The present lease, or a new one if there is none or it was lost. */
  use(): Promise<LeaseView>;
  /** Gives the slot back, if one is held. */
  giveBack(): Promise<void>;
}

export function leaseOnDemand(
  client: () => Promise<Client>,
  acquire: (client: Client) => Promise<LeaseView>,
): LeaseOnDemand {
  let held: Promise<HeldLease> | undefined;
  const begin = async (): Promise<HeldLease> => {
    const broker = await client();
    return broker.hold(await acquire(broker));
  };
  const use = async (): Promise<LeaseView> => {
    const mine = (held ??= begin());
    try {
      // A heartbeat tells whether the lease still stands, and where its browser is now.
      return await (await mine).renew();
    } catch (error) {
      if (held === mine) held = undefined;
      throw error;
    }
  };
  return {
    use: async () => {
      const first = held === undefined;
      try {
        return await use();
      } catch (error) {
        if (first) throw error;
        return use();
      }
    },
    giveBack: async () => {
      const mine = held;
      held = undefined;
      await (await mine?.catch(() => undefined))?.release({ noWait: true }).catch(() => {});
    },
  };
}
