import type { Snapshot } from '@escarp/lease-registry';
import type { History } from './history.js';

type RecordedResource = Snapshot['resources'][number];

/**
 * A state to continue from although the journal may not contain everything that happened. Fences and revisions skip
 * those that may have been issued, and a slot that the journal calls free is started again, because somebody's tabs may
 * be open in it. If acknowledged events are missing, no lease can be trusted either, since its slot may now be somebody
 * else's: those leases count as revoked at `wallMs`.
 */
export function restated(snapshot: Snapshot, history: History, revision: number, wallMs: number): Snapshot {
  const isLost = history === 'incomplete';
  return {
    ...snapshot,
    revision,
    fence: revision,
    resources: snapshot.resources.map((resource) => broughtUpAnew(resource, isLost, revision)),
    ...(isLost ? { leases: [], offers: [], ended: endedNow(snapshot, wallMs) } : {}),
  };
}

function broughtUpAnew(resource: RecordedResource, isLost: boolean, fence: number): RecordedResource {
  const isHeld = resource.state === 'leased' && !isLost;
  return isHeld ? resource : { ...resource, ...anew, fence };
}

const anew = { state: 'starting', recovering: false, failures: 0, claims: [] } as const;

function endedNow({ leases, ended: [old, young] }: Snapshot, endedAt: number): Snapshot['ended'] {
  const ends = leases.map(({ tokenDigest, key, fence, scope, acquiredAt, renewedAt }) => {
    const ended = {
      key,
      fence,
      holder: scope.holder,
      how: 'revoked',
      acquiredAt,
      renewedAt,
      endedAt,
    } as const;
    return [tokenDigest, ended] as const;
  });
  return [old, [...young, ...ends]];
}
