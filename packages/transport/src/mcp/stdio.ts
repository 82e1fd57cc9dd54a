import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { createMcpServer, type McpServerOptions } from './create-server.js';

export type StdioOptions = McpServerOptions & { stdin: Readable; stdout: Writable };

export type StdioServer = {
  /** Resolves when the client has gone and its lease was given back. */
  closed: Promise<void>;
  /** Gives the lease back and ends the session; for SIGTERM. */
  close(): Promise<void>;
};

/** Serves one client over a pair of streams. The client is gone when its end of stdin is closed. */
export async function serveStdio({ stdin, stdout, ...options }: StdioOptions): Promise<StdioServer> {
  const mcp = createMcpServer(options);
  let ending: Promise<void> | undefined;
  let finish: () => void;
  const closed = new Promise<void>((resolve) => (finish = resolve));
  const close = () => (ending ??= mcp.close().finally(() => finish()));
  for (const sign of ['end', 'close', 'error']) stdin.once(sign, () => void close());
  // Writing to a client that has gone fails; that it has gone is all there is to know.
  stdout.on('error', () => void close());
  await mcp.server.connect(new StdioServerTransport(stdin, stdout));
  return { closed, close };
}
