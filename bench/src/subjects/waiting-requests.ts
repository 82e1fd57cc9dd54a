import { once } from 'node:events';
import { Agent, request, type ClientRequest } from 'node:http';
import { text } from 'node:stream/consumers';

export interface WaitingRequests {
  /** Rejects with the first answer: none is expected while they wait. */
  readonly answered: Promise<never>;
  hangUp(): Promise<void>;
}

/** Sends so many requests for a lease, one after the other, each on a connection of its own. */
export async function waitForLeases(url: string, count: number): Promise<WaitingRequests> {
  const agent = new Agent({ maxSockets: Infinity });
  const requests: ClientRequest[] = [];
  for (let index = 0; index < count; index++) {
    const sent = request(`${url}/acquire`, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    requests.push(sent);
    sent.end(JSON.stringify({ holder: `bench ${index}`, wait_s: 600 }));
    await once(sent, 'finish');
  }
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

async function answerOf(sent: ClientRequest): Promise<never> {
  const [response] = await once(sent, 'response');
  throw new Error(`A request that waits was answered: ${await text(response)}`);
}

function hangUpOn(sent: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    sent.once('close', resolve).destroy();
  });
}
