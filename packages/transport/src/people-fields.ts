import * as v from 'valibot';
import { described } from './described.js';
import { name, prose } from './plain-text.js';
import { epochSeconds } from './quantities.js';

// What people and agents tell each other about a lease.

export const who = v.optional(described(name, 'The person, for the log. At most 200 bytes.'));
export const note = v.optional(described(prose, 'A message to the agent. At most 2000 bytes.'));
export const verdict = described(
  v.picklist(['done', 'declined'], 'must be done or declined'),
  'What the person did: what was asked for, or not.',
);
export const outcome = described(
  v.picklist(['done', 'declined', 'timed_out']),
  'How it ended. timed_out means that nobody decided, which is no consent to anything.',
);

export const controlSchema = v.object({
  by: described(v.picklist(['agent', 'human']), 'Who acts on the browser.'),
  since: described(epochSeconds, 'Since when, in epoch seconds.'),
  who: v.optional(described(v.string(), 'The person who has control, or had it last.')),
  reason: v.optional(described(v.string(), 'Why the person took over.')),
  expiresAt: described(v.optional(epochSeconds), 'When control goes back by itself, in epoch seconds.'),
  outcome: v.optional(outcome),
  note: v.optional(described(v.string(), 'What the person who handed back said.')),
});

/** Who has control of a leased browser, once a person has taken it over. */
export type ControlView = v.InferOutput<typeof controlSchema>;
