import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { holderName, leaseToken, requestId } from '../plain-text.js';
import { epochSeconds, ttlSeconds } from '../quantities.js';
import { routes } from '../routes.js';

const handoffOfferSchema = v.object({
  /** The single-use code that the named holder accepts with. */
  handoff: v.string(),
  expiresAt: epochSeconds,
});

export type HandoffOffer = v.InferOutput<typeof handoffOfferSchema>;

export const handoff = defineOperation({
  name: 'handoff',
  ...routes.handoff,
  access: 'lease',
  summary: 'Offer a leased slot, unreset, to another holder, who accepts it with acquire.',
  input: v.object({
    leaseToken,
    to: holderName,
    ttlS: v.optional(ttlSeconds),
    requestId: v.optional(requestId),
  }),
  output: handoffOfferSchema,
  errors: [
    'missing_lease_token',
    'unknown_lease',
    'lease_ended',
    'request_conflict',
    'journal_unavailable',
    'state_directory_lost',
    'shutting_down',
  ],
});
