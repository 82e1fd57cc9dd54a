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

  /** One sentence, or undefined for a question that was passed on, or that only the dashboard shows. */
  reasonFor(id: string): string | undefined {
    return this.#reasons.get(id);
  }
}
