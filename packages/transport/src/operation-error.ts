import {
  errorTable,
  errorWords,
  type ErrorCode,
  type ErrorWords,
  type Retry,
  type Surface,
} from '@escarp/contract';
import type { SlotView } from './slot-view.js';

/** What an acquire that was refused for lack of a slot learns about the pool. */
export type Refusal = {
  snapshot?: SlotView[] | undefined;
  queueLength?: number | undefined;
  /** About how long standing in line now would take, behind those, in seconds. */
  estimateS?: number | undefined;
  /** What the caller can do next, in sentences. */
  nextActions?: string[] | undefined;
};

export type OperationErrorOptions = Refusal & {
  message?: string | undefined;
  hint?: string | undefined;
  /** Seconds, an estimate of when trying again makes sense. */
  retryAfterS?: number | undefined;
  /** Plain data in camel case; the wire spells its fields like all others. Never a token or another holder's id. */
  details?: Record<string, unknown> | undefined;
  cause?: unknown;
};

/** An error of the outward contract. Handlers throw it, clients get it back; match on `code`. */
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
   * Message and hint in the vocabulary of a surface. What was said more exactly than the table does stays as it is; the
   * rest, also of an error that came over HTTP, is said in the surface's own words.
   */
  wordsOn(surface: Surface): ErrorWords {
    const general = errorWords(this.code, 'http');
    const own = errorWords(this.code, surface);
    return {
      message: this.message === general.message ? own.message : this.message,
      hint: this.hint === general.hint ? own.hint : this.hint,
    };
  }

  /** HTTP status of the answer. */
  get status(): number {
    return errorTable[this.code].status;
  }

  /** Exit code of a command that ends with this error. */
  get exitCode(): number {
    return errorTable[this.code].exit;
  }
}
