/** Who has a lease in hand. */
export interface ControlState {
  by: 'agent' | 'human';
  /** Who took over. */
  who?: string;
  /** When they did, in epoch seconds. */
  since?: number;
  reason?: string;
  /** When control goes back to the agent by itself, in epoch seconds. */
  expiresAt?: number;
  /** Whether it is this session that took over: only then is its input let through. */
  isOwn?: boolean;
}

/** Takes a lease over, or hands it back. */
export type ControlRequest =
  | { by: 'human'; who?: string; reason?: string }
  /** Hands back. The note is told to the agent. */
  | { by: 'agent'; outcome: 'done' | 'declined'; note?: string };
