import { setTimeout as delay } from 'node:timers/promises';
import { OperationError } from '../operation-error.js';
import type { LeaseView } from '../lease-view.js';
import type { OperationOutput, OperationRequest } from '../operations/index.js';
import { routes, type OperationName } from '../routes.js';
import { holdLease, type HeldLease } from './held-lease.js';
import { LostReply, send, type Fetch } from './send.js';

export type ClientOptions = {
  /** For example `http://127.0.0.1:7878`. */
  baseUrl: string;
  /** API token or operator's token. */
  token?: string | undefined;
  /** The global `fetch` if not given. */
  fetch?: Fetch | undefined;
  /** Makes request ids; no two the same, ever. */
  ids: () => string;
};

export type CallOptions = { signal?: AbortSignal | undefined };

type OperationMethods = {
  [Name in OperationName]: Record<never, never> extends OperationRequest<Name>
    ? (input?: OperationRequest<Name>, options?: CallOptions) => Promise<OperationOutput<Name>>
    : (input: OperationRequest<Name>, options?: CallOptions) => Promise<OperationOutput<Name>>;
};

/** A method per operation. Each throws OperationError with the contract's code. */
export type Client = OperationMethods & {
  /** Renews a lease by itself until it is released or lost. */
  hold(lease: LeaseView): HeldLease;
};

/** Operations that may be sent twice: they only read, or their request id makes the second the same as the first. */
const repeatable: ReadonlySet<OperationName> = new Set<OperationName>([
  'status',
  'reaped',
  'healthz',
  'readyz',
  'acquire',
  'heartbeat',
  'release',
  'handoff',
]);
const withRequestId: ReadonlySet<OperationName> = new Set<OperationName>(['acquire', 'release', 'handoff']);

export function createClient(options: ClientOptions): Client {
  const target = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, ''), fetch: options.fetch ?? fetch };
  const call = async (name: OperationName, input: object = {}, { signal }: CallOptions = {}) => {
    const identified = withRequestId.has(name) ? { requestId: options.ids(), ...input } : input;
    return await repeatLost(name, signal, () => send(target, routes[name], identified, signal));
  };
  const names = Object.keys(routes) as OperationName[];
  const methods = Object.fromEntries(
    names.map((name) => [
      name,
      (input?: object, callOptions?: CallOptions) => call(name, input, callOptions),
    ]),
  ) as OperationMethods;
  return { ...methods, hold: (lease) => holdLease(methods, lease) };
}

/** Waits between the attempts, about six seconds in all: long enough for a daemon to be restarted. */
const pausesMs = [50, 100, 200, 400, 800, 1600, 3200];

/**
 * A reply that was lost is asked for again. Where nothing answered from the start there is no daemon, and the caller
 * should know at once.
 */
async function repeatLost(
  name: OperationName,
  signal: AbortSignal | undefined,
  attempt: () => Promise<unknown>,
): Promise<unknown> {
  let lost: LostReply | undefined;
  for (const pauseMs of [0, ...pausesMs]) {
    if (lost !== undefined) await delay(pauseMs, undefined, { signal: signal as AbortSignal });
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof LostReply)) throw error;
      if (!repeatable.has(name) || (lost === undefined && isRefused(error))) throw unreachable(error);
      lost = error;
    }
  }
  throw unreachable(lost);
}

/** `fetch` hides the system's error one or two causes deep. */
function isRefused(error: unknown): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if ((inner as NodeJS.ErrnoException).code === 'ECONNREFUSED') return true;
  }
  return false;
}

const unreachable = (cause: unknown) => new OperationError('daemon_unreachable', { cause });
