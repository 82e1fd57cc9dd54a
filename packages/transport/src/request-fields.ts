import * as v from 'valibot';
import { described } from './described.js';
import { labels as labelsSchema, name, secret } from './plain-text.js';
import { portNumber, slotNumber, ttlSeconds, waitSeconds } from './quantities.js';

// Fields that occur in the requests of more than one operation, described so that the text fits everywhere.

const holder = described(name, 'Who holds the lease: an agent, a person, a worktree. At most 200 bytes.');
export const requestId = v.optional(
  described(
    name,
    'Names this request, so that it can be repeated when its answer was lost: the answer is then the same. As secret ' +
      'as the token it can fetch. At most 200 bytes.',
  ),
);
export const leaseToken = described(secret, 'The secret that acquire answered with.');
const slot = described(slotNumber, 'Number of the slot, counted from 0.');
/** The fields by which a request or a reply names a slot: those of a `SlotAddress`. */
export const slotAddressEntries = { slot };
export const noWait = v.optional(
  described(
    v.boolean('must be true or false'),
    'Answer when the lease has ended, and do not wait for the reset of the slot.',
  ),
);

export const scopeEntries = {
  holder,
  tenant: v.optional(described(name, 'A group of holders that shares a quota. At most 200 bytes.')),
  run: v.optional(described(name, "One run of the holder's work, for the log. At most 200 bytes.")),
  client: v.optional(described(name, 'The program that asks, for the log. At most 200 bytes.')),
};

export const wishEntries = {
  slot: v.optional(slot),
  devPort: v.optional(described(portNumber, "Port of the holder's own server, shown in the status.")),
  waitS: v.optional(
    described(
      waitSeconds,
      'Seconds to wait in the queue when no slot is free, at most 86400. 0 never waits; without it only a slot that is ' +
        'on its way to free is waited for.',
    ),
  ),
  ttlS: v.optional(
    described(
      ttlSeconds,
      'Seconds from one heartbeat to the end of the lease, from 1 to 86400; 60 unless configured.',
    ),
  ),
};

export const labels = v.optional(
  described(
    labelsSchema,
    'Labels that the slot must have. At most 32, and 2048 bytes of keys and values in all.',
  ),
);
