/** Who is asking. Passed unchanged from the request to the journal. */
export interface LeaseScope {
  /** The holder: an agent, a person, a worktree. */
  readonly holder: string;
  /** A group of holders that shares a quota. */
  readonly tenant?: string;
  /** One run of the holder's work, for the log. */
  readonly run?: string;
  /** The program that asked, for the log. */
  readonly client?: string;
}
