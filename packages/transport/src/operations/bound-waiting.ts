import { OperationError } from '../operation-error.js';
import type { OperationHandlers } from './index.js';

/** A guess: those who wait are many, and each time one is served there is room for another. */
const retryAfterS = 5;

/**
 * The same handlers, of which no more than `waitingMax` acquire at one time; the next is refused with `too_many_waiting`.
 * Each that waits takes up a connection, and of these there must be some left for those who renew and release.
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
