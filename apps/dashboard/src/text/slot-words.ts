import type { SlotState } from '@escarp/live-view/wire';
import type { Tone } from './tone.js';

interface Words {
  readonly label: string;
  readonly tone: Tone;
  /** Said in place of a picture. */
  readonly instead: string;
}

const states = {
  free: { label: 'Free', tone: 'good', instead: 'Nobody is using it' },
  leased: { label: 'Leased', tone: 'accent', instead: 'Waiting for a picture' },
  starting: { label: 'Starting', tone: 'wait', instead: 'The browser is starting' },
  resetting: { label: 'Resetting', tone: 'wait', instead: 'It is being cleaned for the next holder' },
  quarantined: { label: 'Quarantined', tone: 'bad', instead: 'It failed, and is being tried again' },
  draining: { label: 'Leaving', tone: 'muted', instead: 'It is leaving the pool' },
} satisfies Record<SlotState['state'], Words>;

/** What to call the state of a slot. */
export const slotWords = ({ state }: Pick<SlotState, 'state'>): Words => states[state];

/** Who is in control, if a person is. */
export function controlWords({ control }: Pick<SlotState, 'control'>): string | undefined {
  if (control.by !== 'human') return undefined;
  if (control.isOwn === true) return 'You are in control';
  return `${control.who ?? 'A person'} is in control`;
}
