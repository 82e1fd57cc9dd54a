import type { Accept, Acquire, OfferLease } from './command.js';

// What a caller with types cannot send but one without can; each names the first field that makes no sense.

export function malformedAcquire(command: Acquire): string | undefined {
  const isWait = command.waitMs === undefined || command.waitMs >= 0;
  return malformedCaller(command) ?? (isWait ? undefined : 'wait');
}

export function malformedCaller({ requestId, scope, ttlMs }: Acquire | Accept): string | undefined {
  if (requestId === '') return 'request_id';
  if (scope.holder === '') return 'holder';
  return isDuration(ttlMs) ? undefined : 'ttl';
}

export function malformedOffer({ to, ttlMs }: OfferLease): string | undefined {
  if (to === '') return 'to';
  return isDuration(ttlMs) ? undefined : 'ttl';
}

/** Also false for what is not a number. */
function isDuration(ms: number | undefined): boolean {
  return ms === undefined || ms > 0;
}
