import { join } from 'node:path';
import {
  isDirectoryClaimed,
  isKernelLockHeld,
  readRunningDaemonFile,
  stateDirectory,
} from '@escarp/broker/home';
import { portLadder } from '@escarp/contract';
import { isCode } from '@escarp/owned-files';
import { httpFetch } from '@escarp/transport/client';
import type { Cli } from './cli.js';

/** The result of one look for a daemon. Its absence is proven, never inferred from silence. */
export type DaemonState =
  | { readonly kind: 'serving'; readonly url: string }
  | { readonly kind: 'absent' }
  | SilentDaemon;

export interface SilentDaemon {
  readonly kind: 'silent';
  /** Whether it is the daemon of this state directory, rather than somebody on a port where one could be. */
  readonly isOwn: boolean;
  /** Not yet serving, as opposed to busy or stopped. */
  readonly isStarting: boolean;
  /** Who is silent, for use in the middle of a sentence. */
  readonly who: string;
}

const quickMs = 500;

/** ESCARP_BROKER_URL, else the daemon of the state directory, else whoever answers on the port ladder. */
export async function lookForDaemon(cli: Cli, answerMs = quickMs): Promise<DaemonState> {
  const named = cli.env['ESCARP_BROKER_URL'];
  // A daemon that was named is called, whoever it turns out to be: the call itself reports what is wrong with it, or
  // that it is silent.
  if (named) return { kind: 'serving', url: named };
  const own = await lookAtHome(cli, answerMs);
  // Another home's daemon is not ours to talk to, so the ladder is only for those who never chose a home.
  if (own.kind !== 'absent' || cli.env['ESCARP_HOME'] !== undefined) return own;
  return lookOnLadder(cli, answerMs);
}

/**
 * The daemon of this state directory. It holds a kernel lock from its first moment to its last, however it ends, so a
 * free lock proves that there is none; a pid or a port alone could belong to somebody else by now.
 */
export async function lookAtHome({ settings, shortTmp }: Cli, answerMs = quickMs): Promise<DaemonState> {
  const { daemon, locks, home } = stateDirectory(settings.home);
  const file = await readRunningDaemonFile(daemon);
  const answer = file === undefined ? 'nobody' : await answerAt(file.url, answerMs);
  if (file !== undefined && answer === 'daemon') return { kind: 'serving', url: file.url };
  const isHeld =
    (await isKernelLockHeld(join(locks, 'daemon.lock'))) || (await isDirectoryClaimed(home, shortTmp));
  if (isHeld && file === undefined) {
    return { kind: 'silent', isOwn: true, isStarting: true, who: `the daemon of ${home}, which is starting` };
  }
  if (file === undefined || !(isHeld || answer === 'silent')) return { kind: 'absent' };
  const who = `the daemon (pid ${file.pid}, ${file.url})`;
  return { kind: 'silent', isOwn: true, isStarting: false, who };
}

async function lookOnLadder({ settings }: Cli, answerMs: number): Promise<DaemonState> {
  let silent: string | undefined;
  for (const port of portLadder(settings.apiPort)) {
    const url = `http://127.0.0.1:${port}`;
    const answer = await answerAt(url, answerMs);
    if (answer === 'daemon') return { kind: 'serving', url };
    if (answer === 'silent') silent ??= url;
  }
  if (silent === undefined) return { kind: 'absent' };
  return { kind: 'silent', isOwn: false, isStarting: false, who: `whatever listens at ${silent}` };
}

/**
 * `other`: something answers that is not a daemon. `silent`: it accepts the connection, but does not answer in time.
 */
export type Answer = 'daemon' | 'other' | 'silent' | 'nobody';

/** Asks the one route that needs no token and touches no state. */
export async function answerAt(url: string, answerMs: number): Promise<Answer> {
  const signal = AbortSignal.timeout(answerMs);
  try {
    const address = `${url.replace(/\/+$/, '')}/healthz`;
    const reply = await httpFetch(address, { method: 'GET', headers: {}, signal });
    const body: unknown = JSON.parse(await reply.text());
    return reply.status === 200 && isHealth(body) ? 'daemon' : 'other';
  } catch (error) {
    if (signal.aborted) return 'silent';
    return isRefused(error) ? 'nobody' : 'other';
  }
}

function isHealth(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'version' in body && typeof body.version === 'string';
}

function isRefused(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isRefused);
  return isCode(error, 'ECONNREFUSED');
}
