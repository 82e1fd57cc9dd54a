import type { RunnerErrorCode } from '@escarp/contract';

/** Codes of what can be wrong with the Playwright library of a suite. */
export type PlaywrightErrorCode = RunnerErrorCode;

/** The suite's Playwright library is missing, or cannot be used. The hint is the next step. */
export class PlaywrightError extends Error {
  override readonly name = 'PlaywrightError';
  readonly code: PlaywrightErrorCode;
  readonly hint: string;

  constructor(code: PlaywrightErrorCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
