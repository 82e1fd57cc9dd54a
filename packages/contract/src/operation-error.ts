import { errorTable, type ErrorCode, type Retry } from './error-table.js';
import { errorWords, type ErrorWords, type Surface } from './error-words.js';

/** What a caller learns about the pool when no slot could be leased. */
export type Refusal = {
  /** Every slot as anyone may see it. */
  snapshot?: ReadonlyArray<{ readonly slot: number }> | undefined;
  queueLength?: number | undefined;
  /** About how many seconds a new request would wait in the queue. */
  estimateS?: number | undefined;
  /** Sentences that say what the caller can do next. */
  nextActions?: string[] | undefined;
};

/** What an error says beyond its code. Default message and hint: those of the error table. */
export type OperationErrorOptions = Refusal & {
  message?: string | undefined;
  hint?: string | undefined;
  /** An estimate of how many seconds to wait before trying again. */
  retryAfterS?: number | undefined;
  /** Plain data in camel case, sent in snake case. Must never contain a token or another holder's id. */
  details?: Record<string, unknown> | undefined;
  cause?: unknown;
};

/** An error of the contract. Handlers throw it and clients receive it; match on `code`. */
export class OperationError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retry: Retry;
  readonly retryAfterS: number | undefined;
  readonly refusal: Refusal;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, options: OperationErrorOptions = {}) {
    const entry = errorTable[code];
    super(options.message ?? entry.message, { cause: options.cause });
    this.name = 'OperationError';
    this.code = code;
    this.hint = options.hint ?? entry.hint;
    this.retry = entry.retry;
    this.retryAfterS = options.retryAfterS;
    this.refusal = {
      snapshot: options.snapshot,
      queueLength: options.queueLength,
      estimateS: options.estimateS,
      nextActions: options.nextActions,
    };
    this.details = options.details;
  }

  /**
   * The message and hint in the wording of a surface. More specific texts than those of the error table stay as they are,
   * also for an error that came over HTTP.
   */
  wordsOn(surface: Surface): ErrorWords {
    const general = errorWords(this.code, 'http');
    const own = errorWords(this.code, surface);
    return {
      message: this.message === general.message ? own.message : this.message,
      hint: this.hint === general.hint ? own.hint : this.hint,
    };
  }

  /** HTTP status of the response. */
  get status(): number {
    return errorTable[this.code].status;
  }

  /** Exit code of a command that fails with this error. */
  get exitCode(): number {
    return errorTable[this.code].exit;
  }
}

/** Whether a call failed because its lease is over: it has ended, or is not known any more. */
export function isLeaseOver(error: unknown): error is OperationError {
  return error instanceof OperationError && (error.code === 'lease_ended' || error.code === 'unknown_lease');
}
