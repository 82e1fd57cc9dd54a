import * as v from 'valibot';
import { leaseSchema } from '../lease-view.js';
import { defineOperation } from '../operation.js';
import { journalErrors } from '../operation-errors.js';
import type { LeaseScope } from '@escarp/contract';
import { described } from '../described.js';
import { name, secret } from '../plain-text.js';
import { labels, requestId, scopeEntries, wishEntries } from '../request-fields.js';
import { routes } from '../routes.js';

const agentTooLong = 'must be shorter: holder, a slash and agent have at most 200 bytes together';

/** How a holder is shown whose lease is for one of its agents. */
const holderOf = (holder: string, agent: string | undefined) =>
  agent === undefined ? holder : `${holder}/${agent}`;

const loginNames = 'must be the name of a saved login, or a list of up to 8';

/** Whether screenshots are taken while a lease lasts, and whether they outlive it. */
export const screenshotsChoice = v.picklist(['off', 'on', 'keep'], 'must be off, on or keep');

/** On the wire the four fields of the scope are top-level fields; a handler gets them as one `LeaseScope`. */
export const acquireEntries = {
  ...scopeEntries,
  ...wishEntries,
  requestId,
  labels,
  agent: v.optional(
    described(
      name,
      'Which agent of the holder the lease is for, such as the name of a subagent; shown after the holder and a slash.',
    ),
  ),
  login: v.optional(
    described(
      v.union(
        [name, v.pipe(v.array(name), v.minLength(1, loginNames), v.maxLength(8, loginNames))],
        loginNames,
      ),
      'The saved login, or logins, that the browser is to be signed in with. They must not hold anything for the same origin.',
    ),
  ),
  updateLogin: v.optional(
    described(
      v.boolean('must be true or false'),
      'Save the login anew when the lease is released, if it is signed in then. One lease at a time may do so.',
    ),
  ),
  window: v.optional(
    described(
      v.boolean('must be true or false'),
      'Give the slot a window for this lease if it is headless: on the screen of the daemon, or on a display of its own where ' +
        'there is no screen. The slot is headless again afterwards.',
    ),
  ),
  screenshots: v.optional(
    described(
      screenshotsChoice,
      'Whether screenshots are taken while the lease lasts. `on` deletes them with the lease, `keep` does not. Without it ' +
        'none are, unless the operator has them taken of every lease.',
    ),
  ),
  handoff: v.optional(described(secret, 'The single-use code of a handoff to accept.')),
};

const acquireSchema = v.pipe(
  v.object(acquireEntries),
  v.forward(
    v.check(({ holder, agent }) => v.is(name, holderOf(holder, agent)), agentTooLong),
    ['agent'],
  ),
  v.transform(({ holder, agent, tenant, run, client, ...rest }) => ({
    scope: { holder: holderOf(holder, agent), tenant, run, client } satisfies LeaseScope as LeaseScope,
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
    'login_unknown',
    'login_in_use',
    'login_stale',
    'login_changed',
    'login_unreadable',
    'login_key_missing',
    'nowhere_to_show',
    'approval_required',
    'approval_denied',
    'approval_timeout',
    'browser_missing',
    'browser_launch_failed',
    ...journalErrors,
  ],
});
