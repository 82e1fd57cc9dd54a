/** Lets work on the same thing happen one after the other, in the order it was asked for. */
export class Turns<Thing> {
  private readonly last = new Map<Thing, Promise<unknown>>();

  async take<T>(thing: Thing, work: () => Promise<T>): Promise<T> {
    const turn = after(this.last.get(thing), work);
    this.last.set(thing, turn);
    try {
      return await turn;
    } finally {
      if (this.last.get(thing) === turn) this.last.delete(thing);
    }
  }
}

async function after<T>(earlier: Promise<unknown> | undefined, work: () => Promise<T>): Promise<T> {
  await earlier?.catch(() => {});
  return work();
}
