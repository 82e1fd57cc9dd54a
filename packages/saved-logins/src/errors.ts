import type { ErrorCode } from '@escarp/contract';

/** What can go wrong with a saved login, by the contract's codes. */
export type LoginErrorCode = Extract<
  ErrorCode,
  | 'bad_request'
  | 'login_unknown'
  | 'login_exists'
  | 'login_stale'
  | 'login_changed'
  | 'login_unreadable'
  | 'login_key_missing'
  | 'login_too_large'
  | 'login_archive_refused'
>;

/** An error of a saved login. Its texts name the login, and hold nothing of what is saved in it. */
export class LoginError extends Error {
  readonly code: LoginErrorCode;
  readonly hint: string | undefined;

  constructor(
    code: LoginErrorCode,
    message: string,
    { hint, cause }: { hint?: string; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'LoginError';
    this.code = code;
    this.hint = hint;
  }
}
