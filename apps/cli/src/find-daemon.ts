import { setTimeout as pause } from 'node:timers/promises';
import { type DaemonAddress, daemonAddressAt } from '@escarp/broker/home';
import type { Client } from '@escarp/transport/client';
import { createClient, OperationError } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import type { DaemonState } from './daemon-state.js';
import { lookAtHome, lookForDaemon } from './daemon-state.js';
import { busyMs, patientFetch, unresponsive } from './patient-fetch.js';

/**
 * The daemon this command talks to. Throws `daemon_unreachable`, or `daemon_unresponsive` if one is running but silent.
 */
export async function daemonUrl(cli: Cli): Promise<string> {
  const state = await settled(cli, () => lookForDaemon(cli, patientMs), await lookForDaemon(cli));
  if (state.kind === 'silent') throw unresponsive(state.who);
  if (state.kind === 'absent') throw new OperationError('daemon_unreachable');
  return state.url;
}

/**
 * For a command that starts a daemon if there is none, or works without one. Throws `daemon_unresponsive` unless it is
 * proven that there is none; a stranger who is silent on the port ladder proves nothing, and is in nobody's way.
 */
export async function findDaemonUrl(cli: Cli): Promise<string | undefined> {
  const first = await lookForDaemon(cli);
  if (first.kind === 'silent' && !first.isOwn) return undefined;
  return urlOf(await settled(cli, () => lookForDaemon(cli, patientMs), first));
}

/** The same for the daemon of this state directory only, whichever others there are. */
export async function findHomeDaemonUrl(cli: Cli): Promise<string | undefined> {
  return urlOf(await settled(cli, () => lookAtHome(cli, patientMs), await lookAtHome(cli)));
}

/** How a command calls a daemon, and which one it is. */
export interface DaemonConnection extends Pick<DaemonAddress, 'origin'> {
  readonly client: Client;
}

/** For a command that also uses tokens of leases which were kept: they are for the daemon that they came from alone. */
export async function daemonConnection(cli: Cli): Promise<DaemonConnection> {
  return connectionAt(cli, await daemonUrl(cli));
}

export async function daemonClient(cli: Cli): Promise<Client> {
  return (await daemonConnection(cli)).client;
}

/** Its client waits as long as the daemon shows that it is alive, and no longer. */
export async function connectionAt(cli: Cli, url: string): Promise<DaemonConnection> {
  const { origin, ...address } = await daemonAddressAt(cli.settings, url);
  const fetch = patientFetch(cli, address.baseUrl);
  return { client: createClient({ ...address, fetch, ids: cli.clocks.newId }), origin };
}

export async function clientAt(cli: Cli, url: string): Promise<Client> {
  return (await connectionAt(cli, url)).client;
}

const everyMs = 200;
const patientMs = 1_000;
/** Time for a starting daemon to begin serving: first it reads its journal and adopts its browsers. */
const startingMs = 30_000;

/** Looks again while a daemon is silent: one that is busy or starting deserves some time, but not unlimited time. */
async function settled(cli: Cli, look: () => Promise<DaemonState>, first: DaemonState): Promise<DaemonState> {
  if (first.kind !== 'silent') return first;
  const limitMs = first.isStarting ? startingMs : busyMs;
  const until = cli.clocks.monotonicMs() + limitMs;
  say(cli, `Waiting up to ${limitMs / 1_000} s for ${first.who}`);
  let state: DaemonState = first;
  while (state.kind === 'silent' && cli.clocks.monotonicMs() < until) {
    await pause(everyMs, undefined, { signal: cli.interrupted });
    state = await look();
  }
  return state;
}

function urlOf(state: DaemonState): string | undefined {
  if (state.kind === 'serving') return state.url;
  if (state.kind === 'silent' && state.isOwn) throw unresponsive(state.who);
  return undefined;
}
