import { readDaemonFile, readSecret, stateDirectory } from '@escarp/daemon/home';
import type { Client } from '@escarp/transport/client';
import { createClient, OperationError } from '@escarp/transport/client';
import type { Cli } from './cli.js';

const ladderStep = 10;
const ladderSteps = 10;
const probeMs = 500;

/** The daemon this command talks to: ESCARP_BROKER_URL, else `daemon.json`, else whoever answers on the port ladder. */
export async function daemonUrl(cli: Cli): Promise<string> {
  const url = await findDaemonUrl(cli);
  if (url === undefined) throw new OperationError('daemon_unreachable');
  return url;
}

export async function findDaemonUrl({ env, settings }: Cli): Promise<string | undefined> {
  if (env['ESCARP_BROKER_URL']) return env['ESCARP_BROKER_URL'];
  const file = await readDaemonFile(stateDirectory(settings.home).daemon);
  if (file !== undefined && (await isDaemon(file.url))) return file.url;
  // Another home's daemon is not ours to talk to, so the ladder serves only those who never chose a home.
  if (env['ESCARP_HOME'] !== undefined) return undefined;
  for (let step = 0; step <= ladderSteps; step++) {
    const url = `http://127.0.0.1:${settings.apiPort + step * ladderStep}`;
    if (await isDaemon(url)) return url;
  }
  return undefined;
}

export async function daemonClient(cli: Cli): Promise<Client> {
  return clientAt(cli, await daemonUrl(cli));
}

export async function clientAt(cli: Cli, baseUrl: string): Promise<Client> {
  return createClient({ baseUrl, token: await apiToken(cli), ids: cli.clocks.newId });
}

/** The admin token if the environment has it, since it also serves for leases; else the API token. */
async function apiToken({ settings }: Cli): Promise<string | undefined> {
  const { adminToken, apiToken: fromEnvironment, home } = settings;
  return (
    adminToken ?? fromEnvironment ?? (await readSecret(stateDirectory(home).apiToken).catch(() => undefined))
  );
}

async function isDaemon(url: string): Promise<boolean> {
  try {
    const client = createClient({ baseUrl: url, ids: () => '' });
    const { ok, version } = await client.healthz({}, { signal: AbortSignal.timeout(probeMs) });
    return ok && typeof version === 'string';
  } catch {
    return false;
  }
}
