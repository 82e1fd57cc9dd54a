/** Why the daemon, or a command that stands in for it, cannot go on. */
export type DaemonErrorCode =
  | 'state_directory_unusable'
  | 'daemon_already_running'
  | 'journal_corrupt'
  | 'ports_taken'
  | 'registry_stopped'
  | 'token_required'
  | 'bad_setting';

/** An operating error of the daemon. Match on `code`; the message is one sentence, the hint a next step. */
export class DaemonError extends Error {
  override readonly name = 'DaemonError';
  readonly code: DaemonErrorCode;
  readonly hint: string;

  constructor(code: DaemonErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}
