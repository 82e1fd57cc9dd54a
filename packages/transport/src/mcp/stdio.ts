import type { Readable, Writable } from 'node:stream';
import { serveStdio as serve, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { Server } from '@modelcontextprotocol/server';
import type { LeaseView } from '../lease-view.js';
import { createMcpServer, type McpServerOptions } from './create-server.js';
import { LeaseSet, type LeaseSetOptions } from './lease-set.js';
import { tolerantLines } from './tolerant-input.js';

/** What serving over a pair of streams needs. */
export type StdioOptions = McpServerOptions &
  Pick<LeaseSetOptions, 'atClose'> & {
    stdin: Readable;
    stdout: Writable;
    /** Called with every lease that the client has been given. */
    onLease?: ((lease: LeaseView) => void) | undefined;
  };

/** A server that serves one client over a pair of streams. */
export type StdioServer = {
  /** Resolves when the client has gone and its leases were given back. */
  closed: Promise<void>;
  /** Gives the leases back and ends the connection; for SIGTERM. */
  close(): Promise<void>;
};

/**
 * Serves one client over a pair of streams, whichever revision of MCP it speaks. Its leases are the connection's. The
 * client is gone when its end of stdin is closed.
 */
export function serveStdio({ stdin, stdout, atClose, onLease, ...options }: StdioOptions): StdioServer {
  const { broker, leasesMax, pages } = options;
  const leases = new LeaseSet({
    broker,
    leasesMax,
    atClose,
    onBegun: onLease,
    onEnded: async (handle) => pages?.tools.end(handle),
  });
  const input = tolerantLines(stdin);
  const servers = new Set<Server>();
  const handle = serve(
    () => {
      const server = createMcpServer(options, leases);
      servers.add(server);
      return server;
    },
    { transport: new StdioServerTransport(input, stdout), onerror: () => {} },
  );
  // One of the servers created here is in use; the others were created to find out what the client speaks, and are not
  // connected.
  pages?.tools.onListChanged(() => {
    for (const server of servers) void server.sendToolListChanged().catch(() => {});
  });
  let ending: Promise<void> | undefined;
  let finish: () => void;
  const closed = new Promise<void>((resolve) => (finish = resolve));
  const end = async () => {
    await leases.close();
    await pages?.tools.close();
    await handle.close();
  };
  const close = () => (ending ??= end().finally(() => finish()));
  for (const sign of ['end', 'close', 'error']) input.once(sign, () => void close());
  // Writing to a client that has gone fails, and there is nothing else to do about it.
  stdout.on('error', () => void close());
  return { closed, close };
}
