import { once } from 'node:events';
import { type EscarpPool, type PoolRequest, untilFree, withPool } from './escarp-pool.js';

/** Lends a pool with every slot free. */
export type LendPool = <T>(request: PoolRequest, use: (pool: EscarpPool) => Promise<T>) => Promise<T>;

/**
 * One pool, one after the other, for all who ask for the same, whose browsers are kept between them: enough to see that they
 * work, and not to compare what they measure. The pools are taken down when `work` has ended.
 */
export async function withSharedPools<T>(work: (lend: LendPool) => Promise<T>): Promise<T> {
  const pools = new Map<string, Promise<EscarpPool>>();
  const running: Promise<void>[] = [];
  const over = new AbortController();
  const isOver = once(over.signal, 'abort');
  const bringUp = (request: PoolRequest): Promise<EscarpPool> =>
    new Promise((resolve, reject) => {
      const use = async (pool: EscarpPool): Promise<void> => {
        resolve(pool);
        await isOver;
      };
      running.push(withPool({ ...request, reset: 'tabs' }, use).catch(reject));
    });
  const lend: LendPool = async (request, use) => {
    const key = JSON.stringify(request);
    const bringing = pools.get(key) ?? bringUp(request);
    pools.set(key, bringing);
    const pool = await bringing;
    try {
      return await use(pool);
    } finally {
      await untilFree(pool.client);
    }
  };
  try {
    return await work(lend);
  } finally {
    over.abort();
    await Promise.all(running);
  }
}
