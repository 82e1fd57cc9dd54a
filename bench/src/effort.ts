/** How much is measured: enough to see that it works, to compare, or to publish. */
export type EffortName = 'smoke' | 'quick' | 'full';

export interface Effort {
  readonly name: EffortName;
  /** Whether everything is measured, or of rivals, resets and logins that are measured in the same way only one. */
  readonly isWhole: boolean;
  /** How many, or how long, by effort. */
  of(smoke: number, quick: number, full: number): number;
}

export function effort(name: EffortName, isWhole = name !== 'smoke'): Effort {
  return { name, isWhole, of: (smoke, quick, full) => ({ smoke, quick, full })[name] };
}
