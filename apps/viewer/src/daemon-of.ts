import { readRunningDaemonFile, readSecret, type Settings, stateDirectory } from '@escarp/broker/home';
import type { DaemonAddress } from '@escarp/live-view';
import { OperationError } from '@escarp/transport/client';

/** Where the daemon of the state directory serves now, with the token that it may ask for. */
export async function daemonOf(settings: Settings): Promise<DaemonAddress> {
  const { daemon, apiToken } = stateDirectory(settings.home);
  const file = await readRunningDaemonFile(daemon);
  if (file === undefined) throw new OperationError('daemon_unreachable');
  const fromEnvironment = settings.adminToken ?? settings.apiToken;
  const token = fromEnvironment ?? (await readSecret(apiToken).catch(() => undefined));
  return { baseUrl: file.url, token };
}
