/** Reads lines and pieces of known size from bytes that come in chunks. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #malformed: () => Error;
  #held: Uint8Array = new Uint8Array();

  /** `malformed` makes the error for content that ends too early or is too long. */
  constructor(source: AsyncIterable<Uint8Array>, malformed: () => Error) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#malformed = malformed;
  }

  /** The text up to the next line feed, which is not part of it, or to the end. */
  async line(bytesMax: number): Promise<string> {
    const parts: Uint8Array[] = [];
    let size = 0;
    while (await this.#fill()) {
      const end = this.#held.indexOf(lineFeed);
      const part = this.#taken(end === -1 ? this.#held.length : end);
      parts.push(part);
      size += part.length;
      if (size > bytesMax) throw this.#malformed();
      if (end === -1) continue;
      this.#taken(1);
      break;
    }
    return Buffer.concat(parts).toString('utf8');
  }

  /** The next `count` bytes, in chunks. */
  async *bytes(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (!(await this.#fill())) throw this.#malformed();
      const part = this.#taken(Math.min(left, this.#held.length));
      left -= part.length;
      yield part;
    }
  }

  /** Everything that is left, in chunks. */
  async *rest(): AsyncGenerator<Uint8Array> {
    while (await this.#fill()) yield this.#taken(this.#held.length);
  }

  async isAtEnd(): Promise<boolean> {
    return !(await this.#fill());
  }

  /** To be called when no more is read. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** The error for content that is not as it must be. */
  malformed(): Error {
    return this.#malformed();
  }

  async #fill(): Promise<boolean> {
    while (this.#held.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done === true) return false;
      this.#held = value;
    }
    return true;
  }

  #taken(count: number): Uint8Array {
    const part = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return part;
  }
}

const lineFeed = 10;
