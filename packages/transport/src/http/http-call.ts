import type { Access, Call } from '../operation.js';

/** A call over HTTP. The request's signal is made on first use only: a heartbeat needs none. */
export class HttpCall implements Call {
  readonly access: Access;
  readonly #request: Request;
  #undo: (() => void) | undefined;

  constructor(request: Request, access: Access) {
    this.#request = request;
    this.access = access;
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  onUndelivered(undo: () => void): void {
    this.#undo = undo;
  }

  /**
   * Makes the reply, and watches over it: from here on an aborted signal means that the connection closed before the
   * reply was written whole.
   */
  deliver(makeReply: () => Response): Response {
    const undo = this.#undo;
    if (undo === undefined) return makeReply();
    try {
      const reply = makeReply();
      if (this.signal.aborted) undo();
      else this.signal.addEventListener('abort', undo, { once: true });
      return reply;
    } catch (error) {
      undo();
      throw error;
    }
  }
}
