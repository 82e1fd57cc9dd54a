import type { ErrorReply } from './wire/index.js';

/** A request that is refused: what the client is told, and the HTTP status. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** HTTP status. */
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 429 | 502 | 503;
  readonly reply: ErrorReply;

  constructor(status: Refusal['status'], error: string, message: string, hint?: string) {
    super(message);
    this.status = status;
    this.reply = { error, message, ...(hint === undefined ? {} : { hint }) };
  }
}
