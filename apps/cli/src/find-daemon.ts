import type { Settings } from '@escarp/broker/home';
import { readDaemonFile, readSecret, stateDirectory } from '@escarp/broker/home';
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
  const own = await ownDaemonUrl(settings);
  if (own !== undefined && (await isDaemon(own))) return own;
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
  return createClient({ baseUrl, token: await apiToken(cli, baseUrl), ids: cli.clocks.newId });
}

/**
 * Where the daemon of this state directory serves. One that was killed leaves its file behind, and whoever has its port
 * since must not be told the token: so the process must live, and be one that this user may signal.
 */
async function ownDaemonUrl({ home }: Settings): Promise<string | undefined> {
  const file = await readDaemonFile(stateDirectory(home).daemon);
  return file !== undefined && maySignal(file.pid) ? file.url : undefined;
}

function maySignal(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * The admin token if the environment has it, since it also serves for leases; else the API token. The one in the state
 * directory is for its own daemon, or the one that was named, and not for whoever answers on the port ladder.
 */
async function apiToken({ env, settings }: Cli, baseUrl: string): Promise<string | undefined> {
  const fromEnvironment = settings.adminToken ?? settings.apiToken;
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (![env['ESCARP_BROKER_URL'], await ownDaemonUrl(settings)].includes(baseUrl)) return undefined;
  return readSecret(stateDirectory(settings.home).apiToken).catch(() => undefined);
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
