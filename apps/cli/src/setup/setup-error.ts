/**
 * `client_not_found`: the tool is not on this machine. `settings_unreadable`: its settings are not what they should be,
 * so they were left alone. `settings_not_writable`: they are as they were. `settings_changed`: someone wrote them between
 * plan and apply. `registration_failed`: the
 * tool's own command refused. `smoke_test_failed`: the registered command did not answer as an MCP server.
 */
export type SetupErrorCode =
  | 'client_not_found'
  | 'settings_unreadable'
  | 'settings_not_writable'
  | 'settings_changed'
  | 'registration_failed'
  | 'smoke_test_failed';

export class SetupError extends Error {
  readonly code: SetupErrorCode;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: SetupErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SetupError';
    this.code = code;
    this.hint = hint;
  }
}
