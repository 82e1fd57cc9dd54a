import type { Machine } from '../machine.js';
import type { Settings } from '../settings.js';

/** Where escarp runs and for whom: the machine, its user's home, and what the environment says. */
export interface Installation {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly userHome: string;
}
