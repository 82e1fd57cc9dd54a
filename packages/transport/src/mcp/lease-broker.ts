import type { CallOptions, Client } from '../http/client.js';
import type { Call } from '../operation.js';
import { operations, type OperationHandlers } from '../operations/index.js';
import { parseInput } from '../wire/input.js';

/** What a session needs from escarp: the HTTP client provides it, and inside the daemon `localBroker` does. */
export type LeaseBroker = Pick<Client, 'status' | 'acquire' | 'heartbeat' | 'release' | 'ask'>;

/** The daemon's own handlers, called without HTTP but with the same validation. */
export function localBroker(handlers: OperationHandlers): LeaseBroker {
  return {
    status: (input = {}, options = {}) => called(options, (call) => handlers.status(input, call)),
    acquire: (input, options = {}) =>
      called(options, (call) => handlers.acquire(parseInput(operations.acquire.input, input), call)),
    heartbeat: (input, options = {}) => called(options, (call) => handlers.heartbeat(input, call)),
    release: (input, options = {}) => called(options, (call) => handlers.release(input, call)),
    ask: (input, options = {}) =>
      called(options, (call) => handlers.ask(parseInput(operations.ask.input, input), call)),
  };
}

/** If the caller has gone before the answer is ready, it never gets it, so a grant is taken back. */
async function called<Output>(
  { signal = new AbortController().signal }: CallOptions,
  handle: (call: Call) => Promise<Output>,
): Promise<Output> {
  let undo: (() => void) | undefined;
  const output = await handle({ signal, access: 'lease', onUndelivered: (each) => (undo = each) });
  if (signal.aborted) undo?.();
  signal.throwIfAborted();
  return output;
}
