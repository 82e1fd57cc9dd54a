import type { Command, Lease, Registry, Resource } from '@escarp/lease-registry';
import type { Log } from '../log.js';
import { reasonOf } from './slot-faults.js';

/** What a slot asks the registry, and how it reports what happened to its browser. */
export interface SlotReports {
  readonly resource: (key: string) => Resource | undefined;
  readonly lease: (key: string) => Lease | undefined;
  /** Never rejects. */
  readonly submit: (command: Command) => Promise<void>;
}

/** A journal that cannot be written does not stop the work: the registry keeps the event and writes it later. */
export function registryReports(registry: Registry, log: Log): SlotReports {
  return {
    resource: (key) => registry.state.resources.get(key),
    lease: (key) => registry.state.leases.get(key),
    submit: async (command) => {
      try {
        await registry.submit(command);
      } catch (error) {
        log.warn('An event could not be recorded yet.', { reason: reasonOf(error) });
      }
    },
  };
}
