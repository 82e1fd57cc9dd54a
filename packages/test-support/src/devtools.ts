import { once } from 'node:events';
import { WebSocket } from 'ws';

type Values = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Values;
  readonly sessionId?: string;
  readonly result?: Values;
  readonly error?: { readonly message: string };
}

/** A browser's DevTools, of which nothing is enabled that nobody asked for. */
export class Devtools {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const message: Message = JSON.parse(data.toString());
      if (message.id === undefined) for (const listener of this.#listeners) listener(message);
      else this.#answers.get(message.id)?.(message);
    });
    socket.on('close', () => {
      for (const answer of this.#answers.values()) answer({ error: { message: 'DevTools hung up.' } });
    });
  }

  static async connect(wsUrl: string): Promise<Devtools> {
    const socket = new WebSocket(wsUrl, { perMessageDeflate: false });
    await once(socket, 'open');
    return new Devtools(socket);
  }

  /** @throws Error if the browser refuses, or hangs up. */
  async send<Result = Values>(method: string, params: object = {}, sessionId?: string): Promise<Result> {
    this.#lastId += 1;
    const id = this.#lastId;
    const { result, error } = await new Promise<Message>((resolve) => {
      this.#answers.set(id, resolve);
      this.#socket.send(
        JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }),
      );
    });
    this.#answers.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- who sends a command knows its result.
    return (result ?? {}) as Result;
  }

  /** The parameters of the next event of this name. */
  next(method: string, sessionId: string): Promise<Values> {
    return new Promise((resolve) => {
      const listener = (message: Message): void => {
        if (message.method !== method || message.sessionId !== sessionId) return;
        this.#listeners.delete(listener);
        resolve(message.params ?? {});
      };
      this.#listeners.add(listener);
    });
  }

  close(): void {
    this.#socket.terminate();
  }
}
