import type { Readable, Writable } from 'node:stream';
import { PageServers, type PageCommand } from '@escarp/page-tools';
import type { HolderPlace, LeaseView } from '@escarp/transport/client';
import { defaultHolder } from '@escarp/transport/client';
import { serveStdio, type LeaseBroker, type PersonLinks } from '@escarp/transport/mcp';
import { connectOnDemand } from './broker-connection.js';

/** A page server whose tools are served beside escarp's own. */
export interface PageServing {
  readonly command: PageCommand;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Acquire a lease for a call that names none while none is held. */
  readonly lazy: boolean;
  /** Milliseconds without a call after which such a lease is given back; 0 for never. */
  readonly idleMs: number;
}

/** Continues leases of earlier sessions of the same working tree. */
export interface LeaseMemory {
  /** A lease whose session has ended without giving it back, still alive, or undefined. It is now this session's. */
  readonly reattach: (broker: LeaseBroker) => Promise<LeaseView | undefined>;
  readonly remember: (lease: LeaseView) => void;
}

/** What serving one MCP client needs. */
export interface McpOptions {
  /** Finds the daemon; with `mayStart` it may start one. Called at the first tool call, and when the daemon has gone. */
  readonly connect: (options: { mayStart: boolean }) => Promise<LeaseBroker>;
  /** Where the client works; part of the default holder. */
  readonly place: HolderPlace;
  readonly version: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Aborted when the process is asked to end. */
  readonly interrupted: AbortSignal;
  readonly onInternalError: (error: unknown) => void;
  /** Brings a person to the browser of an agent that asks, where the client can show them a link. */
  readonly personLinks?: PersonLinks | undefined;
  readonly pages?: PageServing | undefined;
  /** At most so many leases; as many as the pool has slots if not given. */
  readonly leasesMax?: number | undefined;
  /** With it, leases outlive this process until their deadline, for the next one to continue. */
  readonly memory?: LeaseMemory | undefined;
}

/** Seconds that a page call without a lease waits in the queue for one. */
const lazyWaitS = 60;

/** Serves one MCP client and resolves when it has gone and its slots are given back. */
export async function serveMcp(options: McpOptions): Promise<void> {
  const { connect, place, interrupted, pages, memory, ...rest } = options;
  const broker = connectOnDemand(connect);
  const server = serveStdio({
    ...rest,
    broker,
    defaultHolder: (client) => defaultHolder(client?.name ?? 'mcp-client', place),
    ...(pages && { pages: pageOptions(pages, options.version) }),
    ...(memory && {
      atClose: 'leave',
      reattach: async () => memory.reattach(broker),
      onLease: memory.remember,
    }),
  });
  const end = (): void => void server.close();
  if (interrupted.aborted) end();
  else interrupted.addEventListener('abort', end, { once: true });
  await server.closed;
}

function pageOptions({ command, env, cwd, lazy, idleMs }: PageServing, version: string) {
  return { tools: new PageServers({ command, env, cwd, version }), lazy, idleMs, waitS: lazyWaitS };
}
