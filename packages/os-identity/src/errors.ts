import type { IdentityErrorCode } from '@escarp/contract';

export type { IdentityErrorCode } from '@escarp/contract';

/** What a person can do about it: one sentence, or null where there is nothing to do but report it. */
type Hint = string | null;

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

/** Any thrown value as an IdentityError, so that a caller at the edge of the package handles one type. */
export function asIdentityError(thrown: unknown, fallback: IdentityErrorCode): IdentityError {
  if (thrown instanceof IdentityError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new IdentityError(fallback, message, { cause: thrown });
}
