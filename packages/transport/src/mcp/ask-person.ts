import { inputRequired, type InputRequiredResult } from '@modelcontextprotocol/server';
import { firstAborted, OperationError } from '@escarp/contract';
import type { LeaseView } from '../lease-view.js';
import { type AskResult, ask } from '../operations/ask.js';
import type { OperationInput } from '../operations/index.js';
import { parseInput, readInput } from '../wire/input.js';
import { type ClientUser, personKey, type ShownLink } from './client-user.js';
import type { LeaseBroker } from './lease-broker.js';
import type { LeaseSet } from './lease-set.js';
import { declinedInClient, invitation } from './texts.js';
import { askInput } from './tools.js';

/** How a client's user gets to the page on which a question is answered. */
export type PersonLinks = {
  /** A link that opens the viewer on the lease's slot, once, with the right to control it; undefined if there is none. */
  linkFor: (lease: LeaseView) => Promise<string | undefined>;
  newId: () => string;
};

/** Somebody who can be shown links, and what makes them. */
export type Person<User extends ClientUser = ClientUser> = { user: User; links: PersonLinks };

export type AskContext = {
  broker: LeaseBroker;
  leases: LeaseSet;
  signal: AbortSignal;
  /** Undefined where nobody can be shown a link. */
  person?: Person | undefined;
};

type Question = OperationInput<'ask'>;
type PersonDuring = Person<Extract<ClientUser, { asked: 'during' }>>;
type PersonBetween = Person<Extract<ClientUser, { asked: 'between' }>>;

/**
 * Puts a question to a person and waits for the answer, which comes from the broker alone: what a client's user says to the
 * link can only ever refuse. Where the client is to show the link between two calls, the first one resolves with it.
 *
 * @throws OperationError as `ask` does, and `which_lease`.
 */
export async function askPerson(
  args: unknown,
  context: AskContext,
): Promise<AskResult | InputRequiredResult> {
  const { leases, person } = context;
  const { lease: handle, ...asked } = readInput(askInput, args);
  const lease = await leases.pick(handle);
  if (lease === undefined) throw new OperationError('which_lease', { message: 'No lease is held here.' });
  const { leaseToken } = lease;
  // Nobody is shown a link for a question that the broker would not take.
  const question = parseInput(ask.input, { handle: lease.handle, leaseToken, ...asked });
  if (person === undefined) return await untilAnswered(lease, question, context);
  const { user, links } = person;
  return user.asked === 'during'
    ? await askDuring(lease, question, { user, links }, context)
    : await askBetween(lease, question, { user, links }, context);
}

/** Whichever comes first: the answer of a person, or that the client's user does not want to be asked. */
async function askDuring(
  lease: LeaseView,
  question: Question,
  { user, links }: PersonDuring,
  context: AskContext,
): Promise<AskResult> {
  const over = new AbortController();
  const signal = firstAborted([context.signal], over.signal);
  const answered = untilAnswered(lease, question, { ...context, signal });
  const refused = new Promise<AskResult>((resolve) => {
    const show = async (): Promise<void> => {
      const link = await linkOf(lease, question, links);
      if (link === undefined || over.signal.aborted) return;
      const said = await user.show(link, links.newId(), over.signal);
      if (said === 'decline') resolve(declinedInClient);
    };
    // A client that cannot show it after all leaves everything as it is without a link.
    show().catch(() => {});
  });
  return await Promise.race([answered, refused]).finally(() => over.abort());
}

/** The first call asks and answers with the link; the next one waits for the answer to the same question. */
async function askBetween(
  lease: LeaseView,
  question: Question,
  { user: { state, said }, links }: PersonBetween,
  context: AskContext,
): Promise<AskResult | InputRequiredResult> {
  if (said === 'decline') return declinedInClient;
  // The client may send any id: it names a question of this lease alone.
  if (state !== undefined) return await untilAnswered(lease, { ...question, requestId: state }, context);
  const link = await linkOf(lease, question, links);
  if (link === undefined) return await untilAnswered(lease, question, context);
  const requestId = links.newId();
  // It is asked from now on, and goes on being when this call is over. Why it failed, the next call is told.
  const { signal: afterThisCall } = new AbortController();
  untilAnswered(lease, { ...question, requestId }, { ...context, signal: afterThisCall }).catch(() => {});
  return inputRequired({
    inputRequests: { [personKey]: inputRequired.elicitUrl(link) },
    requestState: requestId,
  });
}

function untilAnswered(
  { handle }: LeaseView,
  question: Question,
  { broker, leases, signal }: AskContext,
): Promise<AskResult> {
  return leases.during(handle, () => broker.ask(question, { signal }));
}

async function linkOf(
  lease: LeaseView,
  { reason }: Question,
  links: PersonLinks,
): Promise<ShownLink | undefined> {
  const url = await links.linkFor(lease).catch(() => undefined);
  return url === undefined ? undefined : { url, message: invitation(lease.slot, reason) };
}
