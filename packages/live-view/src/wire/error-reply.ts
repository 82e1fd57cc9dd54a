/** Why a request was refused. */
export interface ErrorReply {
  /** A code in lower snake case, such as `human_in_control` or `forbidden`. */
  error: string;
  /** A sentence for a person. */
  message: string;
  /** What to do about it. */
  hint?: string;
}
