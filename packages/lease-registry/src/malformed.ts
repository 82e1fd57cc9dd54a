import type { Accept, Acquire, OfferLease } from './command.js';

// Values that the types rule out but an untyped caller can send. Each function names the first invalid field.

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

/** False for anything that is not a number, too. */
function isDuration(ms: number | undefined): boolean {
  return ms === undefined || ms > 0;
}
