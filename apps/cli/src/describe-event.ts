import type { PublicChange } from '@escarp/broker';
import { printableLine } from './print/printable.js';

/** A journal event as a sentence. */
export interface DescribedEvent {
  readonly slot: number | undefined;
  readonly text: string;
}

type EventOf<T extends PublicChange['type']> = Extract<PublicChange, { type: T }>;

/** Undefined for bookkeeping that would tell a person nothing. A new type of event does not compile without an entry. */
const sentences: { readonly [T in PublicChange['type']]: ((event: EventOf<T>) => string) | undefined } = {
  'resource-added': () => 'joined the pool',
  'resource-starting': ({ error }) => `is being launched${because(error)}`,
  'resource-free': ({ note }) => `is clean and free${because(note)}`,
  'resource-lost': ({ error }) => `lost its browser under its holder${because(error)}`,
  'resource-restarted': () => 'has its browser back; the lease went on',
  'resource-quarantined': ({ error, retryInMs }) =>
    `is quarantined for ${Math.round(retryInMs / 1_000)} s${because(error)}`,
  'resource-draining': () => 'leaves the pool when it is free',
  'resource-removed': () => 'left the pool',
  'lease-granted': ({ lease }) => `leased to ${lease.scope.holder} (fence ${lease.fence})`,
  'lease-ended': ({ holder, how, fence }) => `${how}: the lease of ${holder} (fence ${fence})`,
  'lease-handed-over': ({ lease }) => `handed over to ${lease.scope.holder} (fence ${lease.fence})`,
  'offer-made': ({ offer }) => `offered to ${offer.to}`,
  'offer-ended': ({ how }) => `the offer was ${how}`,
  'waiter-queued': ({ waiter }) => `${waiter.scope.holder} stands in line`,
  'waiter-left': ({ how }) => `a caller left the line: ${how}`,
  'lease-prepared': () => 'is ready for its holder',
  'asset-set': ({ asset: { name, version } }) => `the saved login ${name} has version ${version}`,
  'asset-removed': ({ name }) => `the saved login ${name} was removed`,
  'approval-decided': ({ id, isApproved, by }) =>
    `approval ${id} was ${isApproved ? 'given' : 'denied'}${byWhom(by)}`,
  'control-taken': ({ control: { who, reason } }) => `taken over by ${who ?? 'a person'}${because(reason)}`,
  'control-returned': ({ control: { outcome, note } }) =>
    `${outcome === 'timed_out' ? 'went' : 'was handed'} back to its holder (${outcome})${because(note)}`,
  'ask-made': ({ ask: { id, reason } }) => `asks for a person (${id})${because(reason)}`,
  'ask-answered': ({ id, answer: { outcome, who } }) => `question ${id}: ${outcome}${byWhom(who)}`,
  'request-answered': undefined,
  'answer-forgotten': undefined,
  'clock-gap': ({ lateMs }) =>
    `the machine slept or stalled for ${Math.round(lateMs / 1_000)} s; one grace for all`,
};

export function describeEvent(event: PublicChange): DescribedEvent | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type of an event chooses the function it fits.
  const sentence = sentences[event.type] as ((event: PublicChange) => string) | undefined;
  if (sentence === undefined) return undefined;
  const slot = slotOf(event);
  const where = slot === undefined ? '' : `slot ${slot} `;
  return { slot, text: printableLine(`${where}${sentence(event)}`) };
}

function slotOf(event: PublicChange): number | undefined {
  const key = 'key' in event ? event.key : 'lease' in event ? event.lease.key : '';
  const match = /^slot-(\d+)$/.exec(key);
  return match === null ? undefined : Number(match[1]);
}

function byWhom(name: string | undefined): string {
  return name === undefined ? '' : ` by ${name}`;
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}
