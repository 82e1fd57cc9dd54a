import type { ErrorCode } from '@escarp/contract';

/** Of every operation that changes what the journal holds. */
export const journalErrors = [
  'journal_unavailable',
  'state_directory_lost',
  'shutting_down',
] as const satisfies readonly ErrorCode[];

/** Of every operation that a holder calls with the token of its lease, and may repeat by its request id. */
export const leaseErrors = [
  'missing_lease_token',
  'unknown_lease',
  'lease_ended',
  'request_conflict',
  ...journalErrors,
] as const satisfies readonly ErrorCode[];
