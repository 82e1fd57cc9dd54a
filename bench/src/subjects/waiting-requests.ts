import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Sends so many requests for a lease at once, each on a connection of its own; returns what hangs up on all. */
export function waitForLeases(url: string, count: number): () => Promise<void> {
  const agent = new Agent({ maxSockets: Infinity });
  const requests = Array.from({ length: count }, (_, index) => {
    const asked = request(`${url}/acquire`, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    // Nobody is to have a lease; whoever hangs up sees an error.
    const closed = once(asked, 'close').catch(() => undefined);
    asked.on('error', () => {});
    asked.on('response', (response) => void text(response));
    asked.end(JSON.stringify({ holder: `bench ${index}`, wait_s: 600 }));
    return { asked, closed };
  });
  return async () => {
    for (const { asked } of requests) asked.destroy();
    await Promise.all(requests.map(({ closed }) => closed));
    agent.destroy();
  };
}
