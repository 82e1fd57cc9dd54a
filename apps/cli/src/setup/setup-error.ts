import type { SetupErrorCode } from '@escarp/contract';

/** Why a tool was not set up. Match on `code`; the contract says what each means. */
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
