import { jsonBytes, textBytes } from './json.js';
import type { RequestContent } from './command.js';
import type { EndedLease, Lease } from './lease.js';
import type { Reply } from './reply.js';

// What remembered things take as JSON, at the most. Leases are counted field by field, because that is quick.

/** Names of fields and numbers of a lease, its offer's too; those of an ended one are fewer. */
const frameBytes = 600;

export function endedBytes({ key, holder }: EndedLease): number {
  return frameBytes / 2 + textBytes(key) + textBytes(holder);
}

export function answerBytes({
  request,
  reply,
}: {
  readonly request: RequestContent;
  readonly reply: Reply;
}): number {
  return 40 + jsonBytes(request) + ('lease' in reply ? leaseBytes(reply.lease) : jsonBytes(reply));
}

function leaseBytes(lease: Lease): number {
  const { id, key, tokenDigest, scope, attributes, offer, claims, control, asks } = lease;
  const names = textBytes(id) + textBytes(key) + textBytes(tokenDigest) + jsonBytes(scope);
  const offered = offer === undefined ? 0 : textBytes(offer.to) + textBytes(offer.codeDigest);
  const people = (control === undefined ? 0 : jsonBytes(control)) + jsonBytes(asks);
  return frameBytes + names + offered + jsonBytes(attributes) + jsonBytes(claims) + people;
}
