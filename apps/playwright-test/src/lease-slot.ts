import { basename } from 'node:path';
import type { HeldLease } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import { daemonClient } from './daemon-client.js';
import { ownInstallation } from './process-facts.js';
import type { LeaseWish, Pool } from './pool.js';

/** What is leased, and from where. */
export interface LeaseOptions extends LeaseWish {
  /** A pool of this process. Default: that of the daemon. */
  readonly pool?: Pool;
}

const waitSDefault = 600;

/** The name of a saved login that the slot's own profile is to be signed in with. */
interface LoginWish {
  readonly login?: string;
}

/**
 * A lease that is renewed until it is released.
 *
 * @throws OperationError as the acquire operation does, and `daemon_unreachable` if there is neither a pool nor a daemon.
 */
export async function leaseSlot({ pool, ...wish }: LeaseOptions & LoginWish): Promise<HeldLease> {
  try {
    if (pool !== undefined) return await pool.lease(wish);
    const client = await daemonClient(ownInstallation());
    return client.hold(await client.acquire(leaseRequest(wish)));
  } catch (error) {
    throw error instanceof OperationError ? withHintInMessage(error) : error;
  }
}

/** Test runners print the message of an error and nothing else of it, so what to do next has to be in it. */
function withHintInMessage({ code, message, hint, retryAfterS, details, refusal }: OperationError) {
  const told = `${message} ${hint}`;
  return new OperationError(code, { message: told, hint, retryAfterS, details, ...refusal });
}

/** The same wish as the acquire operation has it. */
export function leaseRequest(wish: LeaseWish & LoginWish) {
  return { client: 'escarp-playwright-test', holder: basename(process.cwd()), waitS: waitSDefault, ...wish };
}
