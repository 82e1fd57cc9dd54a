import type { Effort } from './effort.js';
import type { Measurement, Row } from './row.js';
import type { LendPool } from './subjects/shared-pools.js';

/** What a section measures with. */
export interface Context {
  readonly effort: Effort;
  /** Path of the browser that all contenders drive. */
  readonly browser: string;
  /** For what a pool is as good for that another section has used: in short such sections share one. */
  readonly lendPool: LendPool;
  /** Says what is being measured now, to people who wait. */
  say(text: string): void;
  /** Turns samples into a row of this section. Rows are printed in the order they were made. */
  row(measurement: Measurement): Row;
  /** A sentence to stand below the section's table. */
  note(sentence: string): void;
  /** Rows of the sections that were measured before. */
  readonly earlier: readonly Row[];
}

export interface Section {
  readonly name: string;
  readonly title: string;
  measure(context: Context): Promise<void>;
}
