import { Client, InMemoryTransport, type CallToolResult } from '@modelcontextprotocol/client';
import { createMcpServer, LeaseSet, type McpServerOptions } from '@escarp/transport/mcp';
import { onTestFinished } from 'vitest';
import { MemoryBroker } from './memory-broker.js';

/** A client of the newest revision and a server over these leases, connected within this process. */
export async function session(pool = new MemoryBroker(), over: Partial<McpServerOptions> = {}) {
  const reported: unknown[] = [];
  const { leasesMax, pages } = over;
  const onEnded = async (handle: string) => pages?.tools.end(handle);
  const leases = new LeaseSet({ broker: pool.broker, leasesMax, onEnded });
  const options = {
    broker: pool.broker,
    defaultHolder: (client: { name: string } | undefined) => `${client?.name}@worktree`,
    version: '2.0.0',
    onInternalError: (error: unknown) => reported.push(error),
    progressMs: 5,
    ...over,
  };
  const server = createMcpServer(options, leases);
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK has no events, only this one function.
  server.onclose = () => void leases.close();
  const [mine, theirs] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'test-agent', version: '1' });
  await Promise.all([server.connect(theirs), client.connect(mine)]);
  // Listing the tools makes the client check every result against its output schema.
  const { tools } = await client.listTools();
  onTestFinished(() => client.close());
  const call = async (name: string, args: Record<string, unknown> = {}) =>
    (await client.callTool({ name, arguments: args })) as CallToolResult & {
      structuredContent: Record<string, unknown>;
    };
  return { pool, leases, client, tools, call, reported };
}
