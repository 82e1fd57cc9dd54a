import type { PublicChange } from '@escarp/broker';
import { slotOfKey } from './slot-of-key.js';

/** A journal event as a sentence. */
export interface DescribedEvent {
  /** Undefined if it is about no slot. */
  readonly slot: number | undefined;
  /** The sentence without the slot: "leased to claude (fence 7)". It may hold text of others. */
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
  'offer-ended': ({ how }) => `the offer was ${inWords(how)}`,
  'waiter-queued': ({ waiter }) => `${waiter.scope.holder} stands in line`,
  'waiter-left': ({ how }) => `a caller left the line: ${inWords(how)}`,
  'lease-ttl-set': ({ ttlMs }) => `is renewed for ${Math.round(ttlMs / 1_000)} s at a time from now on`,
  'lease-prepared': () => 'is ready for its holder',
  'asset-set': ({ asset: { name, version } }) => `the saved login ${name} has version ${version}`,
  'asset-removed': ({ name }) => `the saved login ${name} was removed`,
  'approval-decided': ({ id, isApproved, by }) =>
    `approval ${id} was ${isApproved ? 'given' : 'denied'}${byWhom(by)}`,
  'control-taken': ({ control: { who, reason } }) => `taken over by ${who ?? 'a person'}${because(reason)}`,
  'control-returned': ({ control: { outcome, note } }) =>
    `${outcome === 'timed_out' ? 'went' : 'was handed'} back to its holder (${inWords(outcome)})${because(note)}`,
  'ask-made': ({ ask: { id, reason } }) => `asks for a person (${id})${because(reason)}`,
  'ask-answered': ({ id, answer: { outcome, who } }) => `question ${id}: ${inWords(outcome)}${byWhom(who)}`,
  'request-answered': undefined,
  'answer-forgotten': undefined,
  'clock-gap': ({ lateMs }) =>
    `the machine slept or stalled for ${Math.round(lateMs / 1_000)} s; one grace for all`,
};

/** A word of the journal as people write it. */
const inWords = (word: string): string => word.replaceAll('_', ' ');

/** A journal event as a sentence; undefined for bookkeeping. */
export function describeEvent(event: PublicChange): DescribedEvent | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type of an event chooses the function it fits.
  const sentence = sentences[event.type] as ((event: PublicChange) => string) | undefined;
  if (sentence === undefined) return undefined;
  return { slot: slotOf(event), text: sentence(event) };
}

/** The slot that an event is about. */
export function slotOf(event: PublicChange): number | undefined {
  if ('key' in event) return slotOfKey(event.key);
  return 'lease' in event ? slotOfKey(event.lease.key) : undefined;
}

function byWhom(name: string | undefined): string {
  return name === undefined ? '' : ` by ${name}`;
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}
