import { readRunningDaemonFile, readSecret, stateDirectory } from '@escarp/broker/home';
import type { Installation } from '@escarp/broker/assembly';
import type { Client } from '@escarp/transport/client';
import { createClient, OperationError } from '@escarp/transport/client';

/**
 * A client of the daemon that `ESCARP_BROKER_URL` names, else of the one that serves the state directory.
 *
 * @throws OperationError `daemon_unreachable` if there is none.
 */
export async function daemonClient({ settings, machine }: Installation): Promise<Client> {
  const { daemon, apiToken } = stateDirectory(settings.home);
  const own = (await readRunningDaemonFile(daemon))?.url;
  const baseUrl = machine.environment['ESCARP_BROKER_URL'] ?? own;
  if (baseUrl === undefined) {
    throw new OperationError('daemon_unreachable', { hint: 'Start one with escarp up.' });
  }
  // The token in the state directory is for its own daemon, and for nobody else who answers.
  const kept = baseUrl === own ? await readSecret(apiToken).catch(() => undefined) : undefined;
  const token = settings.adminToken ?? settings.apiToken ?? kept;
  return createClient({ baseUrl, token, ids: machine.clocks.newId });
}
