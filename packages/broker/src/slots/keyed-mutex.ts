/** Runs work on the same key one after another, in the order in which it was requested. */
export class KeyedMutex<Key> {
  private readonly last = new Map<Key, Promise<unknown>>();

  /** Rejects with what the work rejects with; the next piece of work runs nevertheless. */
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
