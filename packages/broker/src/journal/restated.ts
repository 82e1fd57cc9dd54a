import type { Snapshot } from '@escarp/lease-registry';
import type { History } from './history.js';

type RecordedResource = Snapshot['resources'][number];

/**
 * A state that can be gone on from although the journal may not tell all that happened. Fences and revisions skip those
 * that may have been given out, and a slot that the journal calls free is brought up anew, because somebody's tabs may
 * be open in it. Where acknowledged events are missing no lease can be believed either: its slot may be another's by
 * now. Those leases count as revoked at `wallMs`.
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
