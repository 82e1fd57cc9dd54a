import { messageOf } from '@escarp/contract';
import type { IdentityErrorCode } from '@escarp/contract';

export type { IdentityErrorCode } from '@escarp/contract';

/** One sentence about what a person can do, or null if all they can do is report the error. */
type Hint = string | null;

/** The only error that this package throws. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly code: IdentityErrorCode;
  readonly hint: Hint;

  constructor(code: IdentityErrorCode, message: string, options: { hint?: Hint; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
  }
}

/** Any thrown value as an IdentityError, with the code `fallback` if it is not one already. */
export function asIdentityError(thrown: unknown, fallback: IdentityErrorCode): IdentityError {
  if (thrown instanceof IdentityError) return thrown;
  const message = messageOf(thrown);
  return new IdentityError(fallback, message, { cause: thrown });
}
