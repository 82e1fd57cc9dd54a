import type { Readable, Writable } from 'node:stream';
import type { Client } from '@escarp/transport/client';
import { serveStdio } from '@escarp/transport/mcp';

export interface McpOptions {
  /** Finds the daemon, or starts one. Called at the first tool call, so that a session that needs no browser costs none. */
  readonly connect: () => Promise<Client>;
  /** Name of the folder the client works in; part of the default holder. */
  readonly worktree: string;
  readonly version: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Aborted when the process is asked to end. */
  readonly interrupted: AbortSignal;
  readonly onInternalError: (error: unknown) => void;
}

/** Serves one MCP client and resolves when it has gone and its slot is given back. */
export async function serveMcp(options: McpOptions): Promise<void> {
  const { connect, worktree, interrupted, ...rest } = options;
  const server = await serveStdio({
    ...rest,
    broker: connectOnDemand(connect),
    defaultHolder: (client) => `${client?.name ?? 'mcp-client'} in ${worktree}`,
  });
  const end = (): void => void server.close();
  if (interrupted.aborted) end();
  else interrupted.addEventListener('abort', end, { once: true });
  await server.closed;
}

/** A connection that failed is tried again at the next call. */
function connectOnDemand(
  connect: () => Promise<Client>,
): Pick<Client, 'status' | 'acquire' | 'heartbeat' | 'release'> {
  let connecting: Promise<Client> | undefined;
  const client = async (): Promise<Client> => {
    const mine = (connecting ??= connect());
    try {
      return await mine;
    } catch (error) {
      if (connecting === mine) connecting = undefined;
      throw error;
    }
  };
  return {
    status: async (...call) => (await client()).status(...call),
    acquire: async (...call) => (await client()).acquire(...call),
    heartbeat: async (...call) => (await client()).heartbeat(...call),
    release: async (...call) => (await client()).release(...call),
  };
}
