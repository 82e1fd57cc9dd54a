import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

type Done = (error: Error | null | undefined, value: unknown) => true;
type Request = (...words: unknown[]) => void;
type Client = Readonly<Partial<Record<Capitalize<string>, Request>>> & {
  readonly require: Request;
  atoms: Readonly<Record<string, number>>;
  readonly AllocID: () => number;
  readonly on: (event: 'error', listener: (error: Error) => void) => void;
};
interface XDisplay {
  readonly client: Client;
  readonly screen: readonly { readonly root: number }[];
}
interface X11 {
  readonly createClient: (
    options: object,
    done: (error: Error | undefined, display: XDisplay) => void,
  ) => Client;
}

// The package ships no declarations; every request here is named in the protocol's own words.
const x11: X11 = createRequire(import.meta.url)('x11');

const cookieName = 'MIT-MAGIC-COOKIE-1';
/** The limit is for a server that hangs, not for a machine that is busy. */
const answerMs = 60_000;

/** A program connected to an X display, as an agent's screen control is. */
export class XSession {
  readonly root: number;
  readonly #client: Client;
  readonly #socket: Socket;

  private constructor(socket: Socket, { client, screen }: XDisplay) {
    this.#socket = socket;
    this.#client = client;
    // The package keeps the atoms it has learnt in one table for all connections, but each server numbers its own.
    client.atoms = { ...client.atoms };
    this.root = screen[0]?.root ?? 0;
  }

  /** Rejects when the server is not there or does not let in who has this cookie, or none. */
  static async open(display: string, cookie: Buffer | undefined): Promise<XSession> {
    const socket = connect(`/tmp/.X11-unix/X${display.replace(/^:/, '')}`);
    // A display that ends under a session is what is tried here; the next request then says so.
    socket.on('error', () => {});
    // Each request under way listens for its end.
    socket.setMaxListeners(0);
    await Promise.race([
      once(socket, 'connect'),
      once(socket, 'error').then(() => Promise.reject(new Error(`Nothing serves ${display}.`))),
    ]);
    const auth = { name: cookie === undefined ? '' : cookieName, data: cookie?.toString('latin1') ?? '' };
    const opened = new Promise<XDisplay>((resolve, reject) => {
      socket.once('close', () => reject(new Error('The X server hung up.')));
      const options = { stream: socket, display, auth, disableBigRequests: true };
      const client = x11.createClient(options, (error, made) => (error ? reject(error) : resolve(made)));
      client.on('error', reject);
    });
    try {
      return new XSession(socket, await opened);
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && !this.#socket.readableEnded;
  }

  /** A name for something that this session is about to make on the server. */
  newId(): number {
    return this.#client.AllocID();
  }

  /** Sends a request of the core protocol and waits until the server has answered or carried it out. */
  ask<T = unknown>(request: Capitalize<string>, ...words: unknown[]): Promise<T> {
    return this.#answered((done) => this.#client[request]?.(...words, done));
  }

  async atom(name: string): Promise<number> {
    return this.ask('InternAtom', false, name);
  }

  /** The requests of an extension, by the package's own name for it. */
  async extension<T>(name: string): Promise<T> {
    return this.#answered((done) => this.#client.require(name, done));
  }

  /** As `ask`, for the request of an extension that has an answer. */
  answerOf<T>(send: (done: Done) => void): Promise<T> {
    return this.#answered(send);
  }

  /** Waits until the server has worked through everything sent so far. */
  async settle(): Promise<void> {
    await this.ask('GetInputFocus');
  }

  close(): void {
    this.#socket.destroy();
  }

  #answered<T>(send: (done: Done) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const lost = (): void => reject(new Error('The X server ended this session.'));
      if (!this.isOpen) return lost();
      this.#socket.once('close', lost);
      const timer = setTimeout(() => reject(new Error('The X server does not answer.')), answerMs);
      send((error, value) => {
        clearTimeout(timer);
        this.#socket.removeListener('close', lost);
        if (error) reject(error);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller names what the protocol answers.
        else resolve(value as T);
        return true;
      });
    });
  }
}
