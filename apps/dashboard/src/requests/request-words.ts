import type { ViewerState } from '@escarp/live-view/wire';

/** A request that waits for a person, in a sentence. */
export interface RequestWords {
  readonly id: string;
  /** Where it is answered; null for one of the whole pool. */
  readonly slot: number | null;
  readonly text: string;
}

/** What agents want of a person now, those that ask for help first. */
export function requestWords(state: ViewerState | null): RequestWords[] {
  const { asks = [], approvals = [] } = state ?? {};
  return [
    ...asks.map(({ id, slot, holder, reason }) => ({
      id,
      slot,
      text: `${slot === null ? '' : `Slot ${slot}: `}${holder} asks for help. ${reason}`,
    })),
    ...approvals.map(({ id, holder, what }) => ({
      id,
      slot: null,
      text: `${holder} asks for approval. ${what}.`,
    })),
  ];
}
