/** How much is measured: enough to see that it works, to compare, or to publish. */
export type EffortName = 'smoke' | 'quick' | 'full';

export interface Effort {
  readonly name: EffortName;
  /** How many, or how long, by effort. */
  of(smoke: number, quick: number, full: number): number;
}

export function effort(name: EffortName): Effort {
  return { name, of: (smoke, quick, full) => ({ smoke, quick, full })[name] };
}
