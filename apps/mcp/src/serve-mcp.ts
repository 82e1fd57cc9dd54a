import type { Readable, Writable } from 'node:stream';
import type { HolderPlace } from '@escarp/transport/client';
import { defaultHolder } from '@escarp/transport/client';
import { serveStdio } from '@escarp/transport/mcp';
import type { SessionBroker } from './broker-connection.js';
import { connectOnDemand } from './broker-connection.js';

export interface McpOptions {
  /** Finds the daemon; with `mayStart` it may start one. Called at the first tool call, and when the daemon has gone. */
  readonly connect: (options: { mayStart: boolean }) => Promise<SessionBroker>;
  /** Where the client works; part of the default holder. */
  readonly place: HolderPlace;
  readonly version: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Aborted when the process is asked to end. */
  readonly interrupted: AbortSignal;
  readonly onInternalError: (error: unknown) => void;
}

/** Serves one MCP client and resolves when it has gone and its slot is given back. */
export async function serveMcp(options: McpOptions): Promise<void> {
  const { connect, place, interrupted, ...rest } = options;
  const server = await serveStdio({
    ...rest,
    broker: connectOnDemand(connect),
    defaultHolder: (client) => defaultHolder(client?.name ?? 'mcp-client', place),
  });
  const end = (): void => void server.close();
  if (interrupted.aborted) end();
  else interrupted.addEventListener('abort', end, { once: true });
  await server.closed;
}
