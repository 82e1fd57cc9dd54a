import * as v from 'valibot';
import { leaseSchema } from '../lease-view.js';
import { defineOperation } from '../operation.js';
import type { LeaseScope } from '@escarp/contract';
import { holderName, labels, plainText, requestId } from '../plain-text.js';
import { portNumber, slotNumber, ttlSeconds, waitSeconds } from '../quantities.js';
import { routes } from '../routes.js';

/** On the wire the four fields of the scope stand beside the rest; a handler gets them as one `LeaseScope`. */
const scopeEntries = {
  holder: holderName,
  tenant: v.optional(plainText(200)),
  run: v.optional(plainText(200)),
  client: v.optional(plainText(200)),
};

export const acquireEntries = {
  ...scopeEntries,
  slot: v.optional(slotNumber),
  devPort: v.optional(portNumber),
  waitS: v.optional(waitSeconds),
  ttlS: v.optional(ttlSeconds),
  requestId: v.optional(requestId),
  labels: v.optional(labels),
  /** The single-use code of a handoff to accept. */
  handoff: v.optional(plainText(512)),
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
    'pool_exhausted',
    'no_slot_available',
    'slot_leased',
    'slot_not_ready',
    'quota_exceeded',
    'wait_timeout',
    'request_conflict',
    'handoff_not_for_you',
    'browser_missing',
    'browser_launch_failed',
    'journal_unavailable',
    'state_directory_lost',
    'shutting_down',
  ],
});
