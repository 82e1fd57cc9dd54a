import { isAlive, readDaemonFile, readSecret, type Settings, stateDirectory } from '@escarp/broker/home';
import type { DaemonAddress } from '@escarp/live-view';
import { OperationError } from '@escarp/transport/client';

/** Where the daemon of the state directory serves now, with the token that it may ask for. */
export async function daemonOf(settings: Settings): Promise<DaemonAddress> {
  const { daemon, apiToken } = stateDirectory(settings.home);
  const file = await readDaemonFile(daemon);
  // Whoever has the port of a daemon that was killed must not be told the token.
  if (file === undefined || !isAlive(file.pid)) throw new OperationError('daemon_unreachable');
  const fromEnvironment = settings.adminToken ?? settings.apiToken;
  const token = fromEnvironment ?? (await readSecret(apiToken).catch(() => undefined));
  return { baseUrl: file.url, token };
}
