/** The command was not understood, or asks for something impossible. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'bad_usage';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
