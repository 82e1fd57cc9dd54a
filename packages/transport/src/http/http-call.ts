import type { ServerResponse } from 'node:http';
import type { Access, Call } from '../operation.js';

/** A call over HTTP. The request's signal is made on first use only: a heartbeat needs none. */
export class HttpCall implements Call {
  readonly access: Access;
  readonly #request: Request;
  readonly #outgoing: ServerResponse | undefined;
  #undo: (() => void) | undefined;

  constructor(request: Request, access: Access, outgoing: ServerResponse | undefined) {
    this.access = access;
    this.#request = request;
    this.#outgoing = outgoing;
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  onUndelivered(undo: () => void): void {
    this.#undo = undo;
  }

  /** Writes the reply and watches it until all of it was handed to the system. */
  deliver(makeReply: () => Response): Response {
    const undo = this.#undo;
    if (undo === undefined) return makeReply();
    try {
      const reply = makeReply();
      if (this.signal.aborted) undo();
      else if (this.#outgoing !== undefined) watchDelivery(this.#outgoing, undo);
      return reply;
    } catch (error) {
      undo();
      throw error;
    }
  }
}

/** Node calls a response finished even if the rest of it was discarded because the connection was reset. */
function watchDelivery(outgoing: ServerResponse, undo: () => void): void {
  const { socket } = outgoing;
  outgoing.once('close', () => {
    if (!outgoing.writableFinished || socket === null || socket.errored !== null) undo();
  });
}
