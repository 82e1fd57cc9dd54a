import { OperationError } from '@escarp/contract';
import type { OperationHandlers } from './index.js';

/** An estimate: many requests are waiting, and each one that is served makes room for another. */
const retryAfterS = 5;

/**
 * The same handlers, with at most `waitingMax` calls of `acquire` and `ask` at the same time. Each waiting call occupies a
 * connection, and some connections must remain for holders that renew and release, and for people who answer.
 *
 * @throws OperationError `too_many_waiting` from these two.
 */
export function boundWaiting(handlers: OperationHandlers, waitingMax: number): OperationHandlers {
  let waiting = 0;
  const bounded = async <Output>(call: () => Promise<Output>): Promise<Output> => {
    if (waiting >= waitingMax) throw new OperationError('too_many_waiting', { retryAfterS });
    waiting++;
    try {
      return await call();
    } finally {
      waiting--;
    }
  };
  return {
    ...handlers,
    acquire: (input, call) => bounded(() => handlers.acquire(input, call)),
    ask: (input, call) => bounded(() => handlers.ask(input, call)),
  };
}
