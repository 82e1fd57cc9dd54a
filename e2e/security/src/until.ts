import { setTimeout as pause } from 'node:timers/promises';

/** Looks again and again until something is there. A daemon in another process has no event for everything. */
export async function until<T>(look: () => Promise<T | undefined>, deadlineMs = 180_000): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error('It did not happen in time.');
    await pause(100);
  }
}
