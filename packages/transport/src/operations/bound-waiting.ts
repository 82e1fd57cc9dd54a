import { OperationError } from '../operation-error.js';
import type { OperationHandlers } from './index.js';

/** An estimate: many requests are waiting, and each one that is served makes room for another. */
const retryAfterS = 5;

/**
 * The same handlers, with at most `waitingMax` calls of `acquire` at the same time. Each waiting call occupies a connection,
 * and some connections must remain for holders that renew and release.
 *
 * @throws OperationError `too_many_waiting` from `acquire`.
 */
export function boundWaiting(handlers: OperationHandlers, waitingMax: number): OperationHandlers {
  let waiting = 0;
  return {
    ...handlers,
    acquire: async (input, call) => {
      if (waiting >= waitingMax) throw new OperationError('too_many_waiting', { retryAfterS });
      waiting++;
      try {
        return await handlers.acquire(input, call);
      } finally {
        waiting--;
      }
    },
  };
}
