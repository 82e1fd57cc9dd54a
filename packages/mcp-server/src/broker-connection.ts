import type { Client } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';

/** What a session asks of the broker: the client over HTTP has it. */
export type SessionBroker = Pick<Client, 'status' | 'acquire' | 'heartbeat' | 'release'>;

/**
 * Finds the daemon at the first call, so that a session that needs no browser costs none, and again when it has moved
 * or gone. Only acquiring may start one: a heartbeat or a look at the pool must not bring back what a person took down.
 */
export function connectOnDemand(
  connect: (options: { mayStart: boolean }) => Promise<SessionBroker>,
): SessionBroker {
  let connected: SessionBroker | undefined;
  const once = async <Output>(mayStart: boolean, call: Call<Output>): Promise<Output> => {
    const broker = (connected ??= await connect({ mayStart }));
    try {
      return await call(broker);
    } catch (error) {
      if (connected === broker && isUnreachable(error)) connected = undefined;
      throw error;
    }
  };
  const reached = async <Output>(mayStart: boolean, call: Call<Output>): Promise<Output> => {
    const known = connected !== undefined;
    try {
      return await once(mayStart, call);
    } catch (error) {
      if (known && isUnreachable(error)) return once(mayStart, call);
      throw error;
    }
  };
  return {
    status: (...given) => reached(false, (broker) => broker.status(...given)),
    acquire: (...given) => reached(true, (broker) => broker.acquire(...given)),
    heartbeat: (...given) => reached(false, (broker) => broker.heartbeat(...given)),
    release: (...given) => reached(false, (broker) => broker.release(...given)),
  };
}

type Call<Output> = (broker: SessionBroker) => Promise<Output>;

function isUnreachable(error: unknown): boolean {
  return error instanceof OperationError && error.code === 'daemon_unreachable';
}
