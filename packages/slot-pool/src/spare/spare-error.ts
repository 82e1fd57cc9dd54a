/**
 * Why there is no spare. `browser`: this Chrome does not do what spares need; `attempt`: this one failed; `stale`: it is sound,
 * and not what the slot would be launched as now.
 */
export class SpareError extends Error {
  override readonly name = 'SpareError';
  readonly fault: 'browser' | 'attempt' | 'stale';

  constructor(message: string, fault: SpareError['fault'], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.fault = fault;
  }
}
