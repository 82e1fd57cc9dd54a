import * as v from 'valibot';
import type { StripLease } from './strip.js';

/** A lease of which pictures are to be taken. */
export interface RecordedLease extends StripLease {
  /** DevTools port of its slot. */
  readonly cdpPort: number;
  /** Whether the pictures outlive the lease. */
  readonly isKept: boolean;
}

/** Told to the recorder, one JSON document a line: of which leases to take pictures from now on, and of no others. */
export interface RecorderOrder {
  /** Counted from 1. */
  readonly order: number;
  readonly leases: readonly RecordedLease[];
}

/** What the recorder says, one JSON document a line. */
export type RecorderReply =
  /** It has let go of every browser that an order does not name, and writes nothing more of those leases. */
  | {
      /** Number of that order, counted from 1. */
      readonly done: number;
    }
  /** Pictures of a lease could not be written. */
  | { readonly problem: string; readonly slot: number };

const replySchema = v.union([
  v.object({ done: v.number() }),
  v.object({ problem: v.string(), slot: v.number() }),
]);

/** Reads a line of the recorder; undefined for anything else. */
export function readRecorderReply(line: string): RecorderReply | undefined {
  try {
    return v.parse(replySchema, JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Reads a line of the daemon. Throws SyntaxError for what is no JSON. */
export function readRecorderOrder(line: string): RecorderOrder {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the daemon is of the same version, and started us.
  return JSON.parse(line) as RecorderOrder;
}
