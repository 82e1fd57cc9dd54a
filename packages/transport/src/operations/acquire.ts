import * as v from 'valibot';
import { leaseSchema } from '../lease-view.js';
import { defineOperation } from '../operation.js';
import type { LeaseScope } from '@escarp/contract';
import { described } from '../described.js';
import { secret } from '../plain-text.js';
import { labels, requestId, scopeEntries, wishEntries } from '../request-fields.js';
import { routes } from '../routes.js';

/** On the wire the four fields of the scope are top-level fields; a handler gets them as one `LeaseScope`. */
export const acquireEntries = {
  ...scopeEntries,
  ...wishEntries,
  requestId,
  labels,
  handoff: v.optional(described(secret, 'The single-use code of a handoff to accept.')),
};

const acquireSchema = v.pipe(
  v.object(acquireEntries),
  v.transform(({ holder, tenant, run, client, ...rest }) => ({
    scope: { holder, tenant, run, client } satisfies LeaseScope as LeaseScope,
    ...rest,
  })),
);

/** What a caller sends: a scope and what it wishes for, in one flat object. */
export type AcquireRequest = v.InferInput<typeof acquireSchema>;

export const acquire = defineOperation({
  name: 'acquire',
  ...routes.acquire,
  access: 'lease',
  summary: 'Lease a slot: any, one by number, one by labels, or the one that a handoff offers.',
  input: acquireSchema,
  output: leaseSchema,
  errors: [
    'missing_holder',
    'unknown_slot',
    'unknown_handoff',
    'lease_ended',
    'pool_exhausted',
    'no_slot_available',
    'slot_leased',
    'slot_not_ready',
    'quota_exceeded',
    'wait_timeout',
    'too_many_waiting',
    'request_conflict',
    'handoff_not_for_you',
    'browser_missing',
    'browser_launch_failed',
    'journal_unavailable',
    'state_directory_lost',
    'shutting_down',
  ],
});
