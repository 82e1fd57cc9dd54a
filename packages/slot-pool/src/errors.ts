/** Every way an operation of the pool can fail. The words are the ones used on the wire where both exist. */
export type PoolErrorCode =
  | 'browser_missing'
  | 'browser_launch_failed'
  | 'browser_unresponsive'
  | 'out_of_resources'
  | 'port_taken'
  | 'owned_elsewhere'
  | 'foreign_connection'
  | 'devtools_error'
  | 'answer_too_large'
  | 'deadline_exceeded'
  | 'state_directory_unusable';

/** An operating error of the pool. Match on `code`; the message is one sentence for a person. */
export class PoolError extends Error {
  override readonly name = 'PoolError';
  readonly code: PoolErrorCode;
  /** Plain data about the failure: for example the last log lines of a browser, or who owns a port. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: PoolErrorCode,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}
