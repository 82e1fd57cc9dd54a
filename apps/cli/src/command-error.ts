import type { CommandErrorCode } from '@escarp/contract';

/** A command was understood, and cannot be carried out. Match on `code`; the message is one sentence for a person. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: CommandErrorCode;
  readonly hint: string;

  constructor(code: CommandErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.hint = hint;
  }
}
