import { PoolError } from './errors.js';

/**
 * Settles as `work` does, or rejects with `deadline_exceeded` after `ms`. The work itself is not stopped: whoever
 * starts it must make it harmless, for example by closing the connection it runs on.
 */
export async function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new PoolError('deadline_exceeded', `${what} took longer than ${ms} ms.`, { details: { ms } }));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
