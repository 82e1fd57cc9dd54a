import { setTimeout as delay } from 'node:timers/promises';
import { OperationError } from '@escarp/contract';
import type { LeaseView } from '../lease-view.js';
import type { OperationOutput, OperationRequest } from '../operations/index.js';
import { routes, type OperationName, type OperationRoute } from '../routes.js';
import { holdLease, type HeldLease } from './held-lease.js';
import { httpFetch } from './http-fetch.js';
import { LostReply, send, type Fetch } from './send.js';

/** Which daemon to call, and how. */
export type ClientOptions = {
  /** For example `http://127.0.0.1:7878`. */
  baseUrl: string;
  /** The API token or the admin token, if the daemon requires one. */
  token?: string | undefined;
  /** For other runtimes and tests. Default: Node's HTTP client. */
  fetch?: Fetch | undefined;
  /** Generates request ids, which must be unique. */
  ids: () => string;
};

/** Options of one call. Aborting the signal rejects the call with the signal's reason. */
export type CallOptions = { signal?: AbortSignal | undefined };

// An empty record is accepted where no field is required.
type Method<Name extends OperationName> =
  Record<string, never> extends OperationRequest<Name>
    ? (input?: OperationRequest<Name>, options?: CallOptions) => Promise<OperationOutput<Name>>
    : (input: OperationRequest<Name>, options?: CallOptions) => Promise<OperationOutput<Name>>;

/**
 * One method per operation. If a reply is lost and repeating the request is safe, the request is sent again for about six
 * seconds.
 *
 * @throws OperationError from each method, with a code of the contract; `daemon_unreachable` if nothing is listening.
 */
export type Client = { [Name in OperationName]: Method<Name> } & {
  /** Keeps renewing a lease until it is released or lost. */
  hold(lease: LeaseView): HeldLease;
};

/** A client for one daemon. Connects only when a method is called. */
export function createClient(options: ClientOptions): Client {
  const target = {
    ...options,
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    fetch: options.fetch ?? httpFetch,
  };
  const method = <Name extends OperationName>(name: Name): Method<Name> => {
    const route: OperationRoute = routes[name];
    const call = (input: object = {}, { signal }: CallOptions = {}) => {
      const sent = route.repeat === 'by_request_id' ? { requestId: options.ids(), ...input } : input;
      return repeatLost(route, signal, () => send(target, route, sent, signal));
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server parsed the reply by this schema.
    return call as Method<Name>;
  };
  const heartbeat = method('heartbeat');
  const release = method('release');
  return {
    status: method('status'),
    acquire: method('acquire'),
    heartbeat,
    release,
    reaped: method('reaped'),
    poolAdd: method('poolAdd'),
    poolRemove: method('poolRemove'),
    revoke: method('revoke'),
    handoff: method('handoff'),
    approve: method('approve'),
    control: method('control'),
    ask: method('ask'),
    answer: method('answer'),
    logins: method('logins'),
    login: method('login'),
    loginSave: method('loginSave'),
    loginDone: method('loginDone'),
    loginRename: method('loginRename'),
    loginRemove: method('loginRemove'),
    healthz: method('healthz'),
    readyz: method('readyz'),
    hold: (lease) => holdLease({ heartbeat, release }, lease),
  };
}

/** Delays between attempts, about six seconds in total, which is long enough to restart a daemon. */
const pausesMs = [50, 100, 200, 400, 800, 1600, 3200];

/**
 * Repeats a request whose reply was lost, or that a daemon refused because it was shutting down: the next daemon knows the
 * request. If nothing answers the first attempt there is no daemon, and the caller should learn that at once.
 */
async function repeatLost(
  route: OperationRoute,
  signal: AbortSignal | undefined,
  attempt: () => Promise<unknown>,
): Promise<unknown> {
  let lost: LostReply | OperationError | undefined;
  for (const pauseMs of [0, ...pausesMs]) {
    if (lost !== undefined) await delay(pauseMs, undefined, signal === undefined ? {} : { signal });
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (route.repeat === 'never') throw error instanceof LostReply ? unreachable(error) : error;
      if (lost === undefined && isRefused(error)) throw unreachable(error);
      lost = error;
    }
  }
  throw unreachable(lost);
}

const isPassing = (error: unknown): error is LostReply | OperationError =>
  error instanceof LostReply || (error instanceof OperationError && error.code === 'shutting_down');

/** The system's error is one or two causes deep. */
function isRefused(error: unknown): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if ((inner as NodeJS.ErrnoException).code === 'ECONNREFUSED') return true;
  }
  return false;
}

const unreachable = (cause: unknown) => new OperationError('daemon_unreachable', { cause });
