import { PoolError } from './errors.js';

/**
 * Settles like `work`, or rejects with `deadline_exceeded` after `ms` milliseconds. The work itself continues: its caller
 * must make it harmless, for example by closing its connection.
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
