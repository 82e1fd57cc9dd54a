import type { DaemonErrorCode } from '@escarp/contract';

export type { DaemonErrorCode } from '@escarp/contract';

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
