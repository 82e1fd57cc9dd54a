import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { leaseErrors } from '../operation-errors.js';
import { described } from '../described.js';
import { name } from '../plain-text.js';
import { epochSeconds, ttlSeconds } from '../quantities.js';
import { leaseToken, requestId } from '../request-fields.js';
import { routes } from '../routes.js';

const handoffOfferSchema = v.object({
  handoff: described(v.string(), 'The single-use code with which the named holder accepts.'),
  expiresAt: described(epochSeconds, 'When the offer ends, in epoch seconds.'),
});

/** A code that hands over a slot, and its expiry. */
export type HandoffOffer = v.InferOutput<typeof handoffOfferSchema>;

export const handoff = defineOperation({
  name: 'handoff',
  ...routes.handoff,
  access: 'lease',
  summary: 'Offer a leased slot, without a reset, to another holder, who accepts it with acquire.',
  input: v.object({
    leaseToken,
    to: described(name, 'The holder who may accept. At most 200 bytes.'),
    ttlS: v.optional(
      described(ttlSeconds, 'Seconds until the offer expires, from 1 to 86400; 60 unless configured.'),
    ),
    requestId,
  }),
  output: handoffOfferSchema,
  errors: leaseErrors,
});
