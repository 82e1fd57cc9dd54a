import type { Broker } from '@escarp/broker';
import type { McpEndpoint, OperationHandlers } from '@escarp/transport';
import type { McpSessions } from '@escarp/transport/mcp';
import { viewerLink } from './viewer-link.js';

/** MCP at `/mcp`, loaded at the first request for it: the SDK costs more memory and time than the rest of the daemon. */
export interface LazyMcp {
  readonly endpoint: McpEndpoint;
  close(): Promise<void>;
}

export function lazyMcp(broker: Broker, handlers: OperationHandlers, version: string): LazyMcp {
  let loading: Promise<McpSessions> | undefined;
  const sessions = (): Promise<McpSessions> => {
    loading ??= load(broker, handlers, version).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  return {
    endpoint: async (request) => (await sessions()).endpoint(request),
    close: async () => (await loading)?.close(),
  };
}

async function load(broker: Broker, handlers: OperationHandlers, version: string): Promise<McpSessions> {
  const { localBroker, McpSessions } = await import('@escarp/transport/mcp');
  const { machine, log, directory } = broker.options;
  return new McpSessions({
    broker: localBroker(handlers),
    defaultHolder: (client) => client?.name ?? 'mcp-client',
    version,
    onInternalError: (error) => log.error('An MCP call failed.', { error: String(error) }),
    ids: machine.clocks.newId,
    personLinks: {
      linkFor: (lease) => viewerLink(directory.viewer, lease),
      newId: machine.clocks.newId,
    },
  });
}
