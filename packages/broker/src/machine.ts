import type { Clocks } from './clocks.js';

/** What the broker is told about the machine and the process it runs in. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** User id of this process; undefined where the system has none. */
  readonly uid: number | undefined;
  readonly pid: number;
  /** Of this process; browsers get it without what is escarp's own. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Memory in bytes that programs can still get, within the limits of their container; absent if it cannot be told. */
  readonly availableMemoryBytes?: () => number;
  /** A short path for temporary files, such as /tmp. */
  readonly shortTmp: string;
  readonly clocks: Clocks;
}

/** The environment a browser is given: everything but our own settings, some of which are secret. */
export function browserEnvironment({ environment }: Machine): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(ESCARP_|NODE_|npm_)/.test(entry[0]),
  );
  return Object.fromEntries(kept);
}
