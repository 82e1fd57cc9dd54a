/** Lets work on the same key happen one after the other, in the order it was asked for. */
export class KeyedMutex<Key> {
  private readonly last = new Map<Key, Promise<unknown>>();

  /** Rejects with what the work rejects with; the next is run all the same. */
  async run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const turn = after(this.last.get(key), work);
    this.last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.last.get(key) === turn) this.last.delete(key);
    }
  }
}

async function after<T>(earlier: Promise<unknown> | undefined, work: () => Promise<T>): Promise<T> {
  await earlier?.catch(() => {});
  return work();
}
