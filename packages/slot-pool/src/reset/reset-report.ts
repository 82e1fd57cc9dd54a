import { PoolError } from '../errors.js';
import type { ResetPolicy, SlotFacts } from '../slot.js';

/** What a reset did. `escalatedFrom` and `reason` are there when a reset in place turned into a recycle. */
export interface ResetReport {
  readonly policy: ResetPolicy;
  readonly escalatedFrom?: ResetPolicy;
  readonly reason?: { readonly code: string; readonly message: string };
  readonly durationMs: number;
  readonly facts: SlotFacts;
  /** Whether the browser is one that waited as the slot's spare. */
  readonly isSpare: boolean;
}

/** Why a reset in place became a recycle. */
export function reasonOf(error: unknown): { code: string; message: string } {
  const code = error instanceof PoolError ? error.code : 'devtools_error';
  return { code, message: error instanceof Error ? error.message : String(error) };
}
