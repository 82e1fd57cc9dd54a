import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems hand out by themselves, so that what is free stays free. */
const range = { from: 20_000, to: 32_000 };

/** Each of Vitest's workers has a stretch of its own, so that none takes what another has found and not yet used. */
const stretches = 8;
const length = (range.to - range.from) / stretches;
const from = range.from + (Number(process.env['VITEST_POOL_ID'] ?? 0) % stretches) * length;
let next = randomInt(length);

/** First of `count` neighbouring ports that nobody listens on, and that were not given out a short while ago. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const offset = next + count > length ? 0 : next;
    next = offset + count;
    const ports = Array.from({ length: count }, (_, index) => from + offset + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return from + offset;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
