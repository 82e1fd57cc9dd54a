/** More than can be open: each lease has a few questions at most. */
const keptMax = 500;

/** The questions of which nobody could be told, so that who asked learns of it with the answer, or without one. */
export class Untold {
  readonly #reasons = new Map<string, string>();

  add(id: string, reason: string): void {
    this.#reasons.set(id, reason);
    const [oldest] = this.#reasons.keys();
    if (this.#reasons.size > keptMax && oldest !== undefined) this.#reasons.delete(oldest);
  }

  /** For who asked; undefined for a question that was passed on, or that only the dashboard shows. */
  noticeOf(id: string): string | undefined {
    const reason = this.#reasons.get(id);
    return reason === undefined
      ? undefined
      : `Nobody could be notified of it: ${reason} It was on the dashboard alone.`;
  }
}
