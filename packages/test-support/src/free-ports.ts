import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems hand out by themselves, so that what is free stays free. */
const range = { from: 20_000, to: 32_000 };

/** First of `count` neighbouring ports that nobody listens on. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(range.from, range.to);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
