import { realpath } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Settings } from '../settings.js';
import { readRunningDaemonFile, type DaemonFile } from './daemon-file.js';
import { readSecret, stateDirectory } from './state-directory.js';

/** Where a daemon answers, and the token to call it with. */
export interface DaemonAddress {
  readonly baseUrl: string;
  /** The admin token, or the API token; undefined if none is known. */
  readonly token: string | undefined;
  /**
   * Names the daemon to whoever keeps tokens of its leases, which are for no other. A URL: that of the state directory for the
   * daemon that serves it, at whichever port; for any other daemon its own.
   */
  readonly origin: string;
}

type Known = Pick<Settings, 'home' | 'adminToken' | 'apiToken'>;

/**
 * The daemon at the URL that `ESCARP_BROKER_URL` names, else the one that serves the state directory; undefined if neither is
 * known. Only tells where it should be, and calls nobody.
 */
export async function findDaemonAddress(known: Known, named?: string): Promise<DaemonAddress | undefined> {
  const own = await ownDaemon(known);
  const baseUrl = named || own?.url;
  return baseUrl === undefined ? undefined : addressOf(known, baseUrl, own);
}

/**
 * How the daemon at this URL is called. A token of the environment is for whichever daemon its user names. The one that is
 * kept in the state directory is for the daemon that serves that directory, and for nobody else who may answer.
 */
export async function daemonAddressAt(known: Known, baseUrl: string): Promise<DaemonAddress> {
  return addressOf(known, baseUrl, await ownDaemon(known));
}

function ownDaemon({ home }: Known): Promise<DaemonFile | undefined> {
  return readRunningDaemonFile(stateDirectory(home).daemon);
}

async function addressOf(known: Known, baseUrl: string, own: DaemonFile | undefined): Promise<DaemonAddress> {
  const fromEnvironment = known.adminToken ?? known.apiToken;
  if (own === undefined || !isSameServer(baseUrl, own)) {
    return { baseUrl, token: fromEnvironment, origin: originAt(baseUrl) };
  }
  const kept = async () => readSecret(stateDirectory(known.home).apiToken).catch(() => undefined);
  return {
    baseUrl: own.url,
    token: fromEnvironment ?? (await kept()),
    origin: await originOfHome(known.home),
  };
}

/** The `origin` of the daemon that serves a state directory, whether it runs or not. */
export async function originOfHome(home: string): Promise<string> {
  return pathToFileURL(await realpath(home).catch(() => home)).href;
}

/** Without what a user may have put before the name. */
function originAt(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const { protocol, host, pathname } = new URL(baseUrl);
  return `${protocol}//${host}${pathname}`;
}

/**
 * Whether a URL means this daemon. `localhost` does if the port is right, but it is never called by that name: the name may
 * stand for an address where somebody else listens.
 */
function isSameServer(baseUrl: string, { url }: DaemonFile): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const [named, own] = [new URL(baseUrl), new URL(url)];
  if (named.hostname === 'localhost' && own.hostname === '127.0.0.1') named.hostname = own.hostname;
  return named.href === own.href;
}
