/** A request by an agent for a person's help. */
export interface Ask {
  id: string;
  slot: number | null;
  holder: string;
  reason: string;
  instructions: string | null;
  /** Epoch seconds. */
  askedAt: number;
  /** When the agent stops waiting, in epoch seconds. That nobody answered is never taken for consent. */
  expiresAt: number | null;
}

/** What a person says to a request for help. */
export interface AskAnswer {
  outcome: 'done' | 'declined';
  note?: string;
}

/** A lease that waits for a person to allow what it asks for. */
export interface Approval {
  id: string;
  holder: string;
  /** What would be allowed, for example the name of a saved login. */
  what: string;
  reason: string | null;
  /** Epoch seconds. */
  askedAt: number;
  /** When nobody waits for it any more, in epoch seconds. */
  expiresAt: number | null;
}

/** What a person says to a request for permission. */
export interface ApprovalAnswer {
  decision: 'approve' | 'deny';
  note?: string;
}
