import { type DaemonAddress, findDaemonAddress, type Settings } from '@escarp/broker/home';
import { OperationError } from '@escarp/transport/client';

/**
 * Where the daemon of the state directory serves now, whose slots the viewer shows. Another that `ESCARP_BROKER_URL` names is
 * none of its business.
 *
 * @throws OperationError `daemon_unreachable` if none runs.
 */
export async function daemonOf(settings: Settings): Promise<DaemonAddress> {
  const address = await findDaemonAddress(settings);
  if (address === undefined) throw new OperationError('daemon_unreachable');
  return address;
}
