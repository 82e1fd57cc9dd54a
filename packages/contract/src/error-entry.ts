/** When to try again: never, later without a change, or after the request or the configuration has been corrected. */
export type Retry = 'never' | 'later' | 'after_fix';

/** What escarp knows about one error code. */
export type ErrorEntry = {
  /** HTTP status of the response. */
  status: number;
  /** Exit code of a command that ends with this error. */
  exit: 1 | 2 | 3 | 5 | 7 | 51;
  retry: Retry;
  /** The default message; the code that raises the error may give a more specific one. */
  message: string;
  /** The next step for an HTTP client, with field names as on the wire; `errorWords` has the wording of other surfaces. */
  hint: string;
};

// What errors of one kind have in common.

export const input = { status: 400, exit: 2, retry: 'after_fix' } as const;
export const contention = { status: 409, exit: 3, retry: 'later' } as const;
export const poolChange = { status: 409, exit: 1, retry: 'after_fix' } as const;
export const unavailable = { status: 503, exit: 1, retry: 'later' } as const;
