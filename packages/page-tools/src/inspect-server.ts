import { PageServer } from './page-server.js';
import type { ProcessCommand } from './process-transport.js';

/** What a server said of itself: its name and version, and the names of its tools. */
export type Inspection = {
  /** Name and version, as the server gives them. */
  readonly server: string;
  readonly tools: readonly string[];
};

/** Milliseconds that a server may take to leave once its input is closed. */
const graceMs = 3_000;

/**
 * Starts a server over stdio as a client would, asks for its tools, and ends it. Rejects with how it ended and what it
 * last said, or when `timeoutMs` are over.
 */
export async function inspectServer(
  command: ProcessCommand,
  { version, timeoutMs }: { version: string; timeoutMs: number },
): Promise<Inspection> {
  const server = await PageServer.start(command, { version, graceMs, timeoutMs });
  try {
    const tools = await server.list(timeoutMs);
    return { server: server.about, tools: tools.map(({ name }) => name) };
  } finally {
    await server.close();
  }
}
