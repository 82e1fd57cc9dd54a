import { OperationError } from '@escarp/transport/client';
import type { LeaseBroker } from '@escarp/transport/mcp';

/**
 * Finds the daemon at the first call, so that a session that needs no browser costs none, and again when it has moved
 * or gone. Only acquiring may start one: a heartbeat or a look at the pool must not bring back what a person took down.
 */
export function connectOnDemand(
  connect: (options: { mayStart: boolean }) => Promise<LeaseBroker>,
): LeaseBroker {
  let connected: LeaseBroker | undefined;
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
    ask: (...given) => reached(false, (broker) => broker.ask(...given)),
  };
}

type Call<Output> = (broker: LeaseBroker) => Promise<Output>;

function isUnreachable(error: unknown): boolean {
  return error instanceof OperationError && error.code === 'daemon_unreachable';
}
