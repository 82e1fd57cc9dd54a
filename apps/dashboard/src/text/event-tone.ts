import type { Tone } from './tone.js';

const beginnings: readonly (readonly [string, Tone])[] = [
  ['lease-granted', 'accent'],
  ['lease-handed-over', 'accent'],
  ['resource-free', 'good'],
  ['resource-restarted', 'good'],
  ['resource-lost', 'bad'],
  ['resource-quarantined', 'bad'],
  ['resource-added', 'muted'],
  ['resource-removed', 'muted'],
  ['resource-', 'wait'],
  ['control-', 'human'],
  ['ask-', 'human'],
  ['approval-', 'human'],
  ['clock-gap', 'bad'],
];

/** The colour of an event's mark, by the journal's name of its type. */
export const eventTone = (type: string): Tone =>
  beginnings.find(([beginning]) => type.startsWith(beginning))?.[1] ?? 'muted';
