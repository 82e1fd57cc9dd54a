import type { OperationHandlers } from '@escarp/transport';
import type { Broker } from '../broker.js';
import { leaseHandlers } from './lease-handlers.js';
import { peopleHandlers } from './people-handlers.js';
import { loginHandlers } from './login-handlers.js';
import { poolHandlers } from './pool-handlers.js';
import { statusHandlers } from './status-handlers.js';

/** The operations of the contract, carried out by a broker in this process. */
export function handlersOf(broker: Broker, version: string): OperationHandlers {
  return {
    ...leaseHandlers(broker),
    ...peopleHandlers(broker),
    ...loginHandlers(broker),
    ...poolHandlers(broker),
    ...statusHandlers(broker, version),
  };
}
