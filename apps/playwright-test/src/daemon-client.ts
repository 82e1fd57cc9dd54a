import { findDaemonAddress } from '@escarp/broker/home';
import type { Installation } from '@escarp/broker/assembly';
import type { Client } from '@escarp/transport/client';
import { createClient, OperationError } from '@escarp/transport/client';

/**
 * A client of the daemon that `ESCARP_BROKER_URL` names, else of the one that serves the state directory.
 *
 * @throws OperationError `daemon_unreachable` if there is none.
 */
export async function daemonClient({ settings, machine }: Installation): Promise<Client> {
  const address = await findDaemonAddress(settings, machine.environment['ESCARP_BROKER_URL']);
  if (address === undefined) {
    throw new OperationError('daemon_unreachable', { hint: 'Start one with escarp up.' });
  }
  return createClient({ ...address, ids: machine.clocks.newId });
}
