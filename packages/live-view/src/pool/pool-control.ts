/** What a person does to leases; each rejects with an OperationError of the contract if the daemon refuses. */
export interface PoolControl {
  /** Takes the slot's lease over, if it is still the one with this fence. */
  readonly take: (
    lease: LeaseOfSlot,
    words: { who?: string | undefined; reason?: string | undefined },
  ) => Promise<void>;
  /** Hands it back to its agent. */
  readonly handBack: (lease: LeaseOfSlot, result: Outcome) => Promise<void>;
  /** Answers a request for help. */
  readonly answer: (askId: string, result: Outcome) => Promise<void>;
  /** Allows or denies what a lease waits for. */
  readonly decide: (
    approvalId: string,
    decision: { approve: boolean; note?: string | undefined },
  ) => Promise<void>;
  /** Whose lease a token is; renews it, since that is how the daemon is asked. */
  readonly leaseOf: (leaseToken: string) => Promise<LeaseOfSlot>;
}

/** A lease as people know it. */
export interface LeaseOfSlot {
  readonly slot: number;
  readonly fence: number;
}

/** How a person's help ended. */
export interface Outcome {
  readonly outcome: 'done' | 'declined';
  readonly note?: string | undefined;
  readonly who?: string | undefined;
}
