import type { EffortName } from '../effort.js';
import type { MachineFacts } from '../machine-facts.js';
import type { Row } from '../row.js';

/** Everything a run found out; what `results.json` holds. */
export interface Results {
  readonly effort: EffortName;
  readonly machine: MachineFacts;
  readonly seconds: number;
  readonly sections: readonly SectionResults[];
}

export interface SectionResults {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
  /** How long it took to measure. */
  readonly seconds: number;
  /** Why it ended before all was measured; the rows are what it had by then. */
  readonly failure?: string;
}
