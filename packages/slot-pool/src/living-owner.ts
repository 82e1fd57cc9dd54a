import type { ProcessEntry } from '@escarp/child-process';
import { claimant, claimPlace, portClaim } from '@escarp/owned-files';
import { PoolError } from './errors.js';
import { debuggingPortOf, ownerMarkOf } from './process/owner-mark.js';
import { isBrowserOfSlot, slotProcesses } from './process/slot-processes.js';
import type { SlotContext } from './running-slot.js';
import type { SlotPaths } from './slot-paths.js';

/**
 * Rejects with `owned_elsewhere` if the browser on the slot's profile belongs to a live process with another state
 * directory: then this directory has replaced the other one at the same path, and the browser may be in use. Otherwise
 * resolves with the slot's processes.
 */
export async function refuseLivingOwner(
  { processes, directory, place }: SlotContext,
  paths: SlotPaths,
): Promise<readonly ProcessEntry[]> {
  const seen = await slotProcesses(processes, paths);
  const entry = seen.find((one) => isBrowserOfSlot(one, paths));
  if (entry === undefined || ownerMarkOf(entry)?.directory === (await directory())) return seen;
  const port = debuggingPortOf(entry);
  if (port === undefined) return seen;
  const pid = await claimant(portClaim(port), claimPlace(place.shortTmp));
  if (pid === undefined || pid === process.pid) return seen;
  throw new PoolError(
    'owned_elsewhere',
    `The browser ${entry.pid} on ${paths.profile} belongs to the escarp process ${pid}, whose state directory was moved or deleted.`,
    { details: { pid, browser: entry.pid, port } },
  );
}
