import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { PublicEvent } from '@escarp/broker';
import type { DaemonAddress } from '@escarp/broker/home';
import { type Client, createClient, fromWire, OperationError } from '@escarp/transport/client';
import type { PoolControl } from './pool-control.js';
import type { EventStep, PoolSource } from './pool-facts.js';

/**
 * A daemon as any other client sees it. It is looked for anew at every call, because one that was restarted may have
 * moved; `find` rejects where none is known. `ids` generates request ids.
 */
export function daemonConnection(
  find: () => Promise<DaemonAddress>,
  ids: () => string,
): { source: PoolSource; control: PoolControl } {
  const client = async (): Promise<Client> => createClient({ ...(await find()), ids });
  return {
    source: {
      status: async () => (await client()).status(),
      events: (from, signal) => events(find, from, signal),
    },
    control: {
      take: async ({ slot, fence }, words) => {
        await (await client()).control({ handle: `slot-${slot}`, fence, action: 'take', ...words });
      },
      handBack: async ({ slot, fence }, result) => {
        await (await client()).control({ handle: `slot-${slot}`, fence, action: 'return', ...result });
      },
      answer: async (id, result) => void (await (await client()).answer({ id, ...result })),
      decide: async (id, decision) => void (await (await client()).approve({ id, ...decision })),
      leaseOf: async (leaseToken) => {
        const { slot, fence } = await (await client()).heartbeat({ leaseToken });
        if (fence === null) throw new OperationError('lease_ended');
        return { slot, fence };
      },
    },
  };
}

async function* events(
  find: () => Promise<DaemonAddress>,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<EventStep> {
  const { baseUrl, token } = await find();
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const reply = await fetch(`${baseUrl}/events?from=${from}`, { headers, signal });
  if (reply.status !== 200 || reply.body === null) throw new OperationError('daemon_unreachable');
  const stream = reply.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of stream) yield stepOf(data);
}

function stepOf(data: string): EventStep {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the daemon's events are of this type.
  return fromWire(JSON.parse(data)) as PublicEvent | { oldestRevision: number };
}
