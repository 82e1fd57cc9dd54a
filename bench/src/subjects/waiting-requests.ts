import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface WaitingRequests {
  /** Rejects with the first answer: none is expected while they wait. */
  readonly answered: Promise<never>;
  hangUp(): Promise<void>;
}

/** Sends so many requests for a lease at once, each on a connection of its own. */
export function waitForLeases(url: string, count: number): WaitingRequests {
  const agent = new Agent({ maxSockets: Infinity });
  const requests = Array.from({ length: count }, (_, index) => {
    const sent = request(`${url}/acquire`, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    sent.end(JSON.stringify({ holder: `bench ${index}`, wait_s: 600 }));
    return sent;
  });
  const answered = Promise.race(requests.map(answerOf));
  // Whoever hangs up knows that there is no answer.
  answered.catch(() => undefined);
  return {
    answered,
    hangUp: async () => {
      await Promise.all(requests.map(hangUpOn));
      agent.destroy();
    },
  };
}

async function answerOf(sent: ReturnType<typeof request>): Promise<never> {
  const [response] = await once(sent, 'response');
  throw new Error(`A request that waits was answered: ${await text(response)}`);
}

function hangUpOn(sent: ReturnType<typeof request>): Promise<void> {
  return new Promise((resolve) => {
    sent.once('close', resolve).destroy();
  });
}
