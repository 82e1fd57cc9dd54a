import type { StatsFs } from 'node:fs';
import type { PoolStatus, SlotView } from '@escarp/transport/client';
import type { Workstation } from '../workstation.js';

/** `ok`: as it should be. `note`: worth knowing. `warning`: something will not work. `problem`: nothing will. */
export type FindingLevel = 'ok' | 'note' | 'warning' | 'problem';

export interface Finding {
  readonly level: FindingLevel;
  /** One sentence. May hold text of others: make it printable. */
  readonly what: string;
  /** What to do about it; there for every warning and problem. */
  readonly remedy?: string;
}

/** What the checks look at. */
export interface Patient extends Workstation {
  /** Without the "v". */
  readonly nodeVersion: string;
  /** Of this command. */
  readonly version: string;
  readonly uid: number;
  readonly stateDirectory: string;
  readonly poolSize: number;
  readonly cdpBase: number;
  readonly apiPort: number;
  /** Where `/proc` and `/etc` are looked for: `/` but in tests. */
  readonly systemRoot: string;
  /** Finds a browser on the machine without installing one. */
  readonly locateBrowser: () => Promise<string | undefined>;
  /** What the last daemon wrote about itself, dead or alive. */
  readonly daemon: () => Promise<
    { readonly pid: number; readonly port: number; readonly version: string } | undefined
  >;
  /** Why what ESCARP_ASK_COMMAND names cannot be run. */
  readonly askCommandFault: () => Promise<string | undefined>;
  /** Variables set here that the daemon that runs does not have, each as a sentence. */
  readonly settingsNotApplied: () => Promise<readonly string[]>;
  /** How much room the disk has on which this path is, or will be. */
  readonly fileSystem: (path: string) => Promise<Pick<StatsFs, 'bsize' | 'bavail' | 'files' | 'ffree'>>;
  /** Slots of the pool that is served here that cannot be leased because they failed; none if it does not answer. */
  readonly failedSlots: () => Promise<readonly Pick<SlotView, 'slot' | 'lastError'>[]>;
  /** How the pool that is served here stands with spares; undefined if it makes none, or does not answer. */
  readonly spares: () => Promise<PoolStatus['spares']>;
  /** Asked on macOS alone. */
  readonly macPermissions: () => Promise<readonly { readonly name: string; readonly granted: boolean }[]>;
}

export interface Check {
  readonly id: string;
  /** How long it may take, in milliseconds, if that is longer than others may. */
  readonly timeoutMs?: number;
  readonly run: (patient: Patient) => Promise<readonly Finding[]>;
}

export const ok = (what: string): Finding => ({ level: 'ok', what });
export const note = (what: string, remedy?: string): Finding => ({
  level: 'note',
  what,
  ...(remedy === undefined ? {} : { remedy }),
});
export const warning = (what: string, remedy: string): Finding => ({ level: 'warning', what, remedy });
export const problem = (what: string, remedy: string): Finding => ({ level: 'problem', what, remedy });
