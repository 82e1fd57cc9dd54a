import type { Limits } from '../src/index.js';

/** How many bytes a snapshot of so many resources takes at the most, as JSON in UTF-8. */
export function snapshotBytesMax(limits: Limits, resources: number): number {
  const { nameBytes, detailsBytes, errorBytes, waitersBytes, answersBytes, endedBytes } = limits;
  const { asksMax, askBytes, claimsMax, assetsMax } = limits;
  // Quotation marks, the names of fields, and numbers: more than any one entry has of them.
  const record = (names: number, details: number): number =>
    2_000 + names * nameBytes + details * detailsBytes;
  const claims = claimsMax * (nameBytes + 100);
  const people = (asksMax + 1) * (2 * askBytes + nameBytes + 400);
  const waiters = waitersBytes + record(16, 2) + claims;
  const answer = record(18, 2) + 2 * claims + people;
  const remembered = Math.max(answersBytes, 2 * answer) + Math.max(endedBytes, 2 * record(3, 0));
  const resource = record(12, 2) + errorBytes + 2 * claims + people;
  return 2_000 + resources * resource + assetsMax * (nameBytes + 200) + waiters + remembered;
}
