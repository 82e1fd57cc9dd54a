import { printableLine } from './print/printable.js';

/** A journal event as a sentence; undefined for bookkeeping that would tell a person nothing. */
export interface DescribedEvent {
  readonly slot: number | undefined;
  readonly text: string;
}

type Fields = Readonly<Record<string, unknown>>;

const sentences: Readonly<Record<string, (event: Fields) => string>> = {
  'resource-added': () => 'joined the pool',
  'resource-starting': ({ error }) => `is being launched${because(error)}`,
  'resource-free': ({ note }) => `is clean and free${because(note)}`,
  'resource-lost': ({ error }) => `lost its browser under its holder${because(error)}`,
  'resource-restarted': () => 'has its browser back; the lease went on',
  'resource-quarantined': ({ error, retryInMs }) =>
    `is quarantined for ${Math.round(Number(retryInMs) / 1_000)} s${because(error)}`,
  'resource-draining': () => 'leaves the pool when it is free',
  'resource-removed': () => 'left the pool',
  'lease-granted': ({ lease }) => `leased to ${holderOf(lease)} (fence ${fieldOf(lease, 'fence')})`,
  'lease-ended': ({ holder, how, fence }) =>
    `${text(how)}: the lease of ${text(holder)} (fence ${text(fence)})`,
  'lease-handed-over': ({ lease }) => `handed over to ${holderOf(lease)} (fence ${fieldOf(lease, 'fence')})`,
  'offer-made': ({ offer }) => `offered to ${fieldOf(offer, 'to')}`,
  'offer-ended': ({ how }) => `the offer was ${text(how)}`,
  'waiter-queued': ({ waiter }) => `${holderOf(waiter)} stands in line`,
  'waiter-left': ({ how }) => `a caller left the line: ${text(how)}`,
  'clock-gap': ({ lateMs }) =>
    `the machine slept or stalled for ${Math.round(Number(lateMs) / 1_000)} s; one grace for all`,
};

export function describeEvent(event: object): DescribedEvent | undefined {
  const fields: Fields = { ...event };
  const sentence = sentences[String(fields['type'])];
  if (sentence === undefined) return undefined;
  const slot = slotOf(fields);
  const where = slot === undefined ? '' : `slot ${slot} `;
  return { slot, text: printableLine(`${where}${sentence(fields)}`) };
}

function slotOf(fields: Fields): number | undefined {
  const key = fields['key'] ?? fieldOf(fields['lease'], 'key');
  const match = /^slot-(\d+)$/.exec(text(key));
  return match === null ? undefined : Number(match[1]);
}

function holderOf(party: unknown): string {
  return fieldOf(isFields(party) ? party['scope'] : undefined, 'holder');
}

function fieldOf(value: unknown, name: string): string {
  return isFields(value) ? text(value[name]) : '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function because(reason: unknown): string {
  return reason === undefined ? '' : `: ${text(reason)}`;
}
