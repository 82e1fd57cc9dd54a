import { leaseInstructions } from '../lease-instructions.js';
import type { LeaseView } from '../lease-view.js';
import type { OperationError } from '@escarp/contract';

export const serverInstructions =
  'escarp leases real browsers to agents, one browser to each. Call escarp_acquire before you work in a browser and ' +
  'escarp_release when you are done. escarp_acquire returns a lease: pass it as `lease` in your other calls. You may ' +
  'leave it out while only one lease is held here. Every subagent acquires its own lease and passes its name as agent. ' +
  'A call with a lease that has ended fails with lease_ended and says how and when it ended: stop using the old address ' +
  'and acquire again.';

/** How to use a lease; `hasPageTools` where page tools are served as well. */
export function acquireInstructions(lease: LeaseView, hasPageTools = false): string {
  return leaseInstructions(lease, {
    until: 'you call escarp_release or this session ends; the lease is renewed for you',
    release: 'Call escarp_release',
    ...(hasPageTools ? { notes: [`Pass lease "${lease.handle}" to the page tools.`] } : {}),
  }).join(' ');
}

export function lossNotice(losses: readonly OperationError[], now: 'acquired' | 'none'): string {
  const what = losses.map(({ message }) => `Your earlier lease was lost: ${message}`).join(' ');
  const advice =
    now === 'acquired'
      ? 'What was open in the browser is gone; this is a new lease, so connect to its address.'
      : 'Do not use its address any more: another agent may hold it. Call escarp_acquire for another browser.';
  return `${what} ${advice}`;
}

export const reattachedNotice =
  'This is the lease that an earlier session in this working tree still held: what was open in the browser is still open.';

/** What an agent is told to do when a person has answered, or nobody has. */
export const afterAnswer = {
  done: 'The person has done it. Look at the page again before you go on: it may have changed.',
  declined: 'The person declined. Do not do what you asked about; go on without it or say that you cannot.',
  timed_out:
    'Nobody answered, which is no consent. Do not do what you asked about; ask again later or say that you cannot.',
};

/** Beside the link that is to bring a person to an agent's browser. */
export const invitation = (slot: number, reason: string): string =>
  `An agent asks for your help with its browser, on slot ${slot}: "${reason}". ` +
  'Open the link to see the browser, take it over, and answer.';

/** The client's user did not want to be asked. */
export const declinedInClient = {
  id: '',
  outcome: 'declined',
  note: 'Declined in the client, without opening the link.',
} as const;
