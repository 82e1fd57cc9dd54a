import { messageOf, type BrowserErrorCode } from '@escarp/contract';

/** Every way an operation of the pool can fail. */
export type PoolErrorCode = BrowserErrorCode;

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

/** What a failure is called in reports. */
export function reasonOf(error: unknown): { code: string; message: string } {
  const code = error instanceof PoolError ? error.code : 'devtools_error';
  return { code, message: messageOf(error) };
}
