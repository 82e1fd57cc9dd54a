import type { Json } from './json.js';

/** What happens in the pool, as `GET /events` tells it, so that tests wait for events and not for a while. */
export class Journal {
  /** Each with `at`, the seconds since 1970 at which it happened. */
  readonly events: Json[] = [];
  readonly #gone = new AbortController();
  readonly #listeners = new Set<() => void>();

  static async follow(url: string, from: number): Promise<Journal> {
    const journal = new Journal();
    const response = await fetch(`${url}/events?from=${from}`, { signal: journal.#gone.signal });
    void journal.#read(response).catch(() => {});
    return journal;
  }

  /** The first event with these fields after that one, be it past or to come. */
  async until(wanted: Json, after?: Json): Promise<Json> {
    return new Promise((resolve) => {
      const look = (): void => {
        const from = after === undefined ? 0 : this.events.indexOf(after) + 1;
        const found = this.events.slice(from).find((event) => includes(event, wanted));
        if (found === undefined) return;
        this.#listeners.delete(look);
        resolve(found);
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** Resolves when more than so many events have come. */
  async beyond(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.events.length <= count) return;
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }

  close(): void {
    this.#gone.abort();
  }

  async #read({ body }: Response): Promise<void> {
    if (body === null) return;
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) this.#take(frame);
      for (const listener of this.#listeners) listener();
    }
  }

  #take(frame: string): void {
    const data = /^data: (.*)$/m.exec(frame)?.[1];
    if (data === undefined) return;
    const { event, at }: { event?: Json; at?: number } = JSON.parse(data);
    if (event !== undefined) this.events.push({ ...event, at });
  }
}

function includes(event: Json, wanted: Json): boolean {
  return Object.entries(wanted).every(([name, value]) => event[name] === value);
}
