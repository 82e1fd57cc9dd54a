import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type CallToolResult,
  type Implementation,
} from '@modelcontextprotocol/sdk/types.js';
import type * as v from 'valibot';
import { OperationError } from '../operation-error.js';
import { errorToWire } from '../wire/error-to-wire.js';
import { isFields } from '../wire/fields.js';
import { outputWriter } from '../wire/output.js';
import type { LeaseBroker } from './lease-broker.js';
import { LeaseSession } from './lease-session.js';
import { reportProgress, type ProgressSender } from './progress.js';
import { serverInstructions } from './texts.js';
import { toolCalls } from './tool-calls.js';
import { isToolName, toolList, tools, type ToolName } from './tools.js';

export type McpServerOptions = {
  broker: LeaseBroker;
  /** Names the holder when the model gives no name; it is told what the client says of itself. */
  defaultHolder: (client: { name: string; version: string } | undefined) => string;
  version: string;
  /** Told of every error that is none of the contract; the model learns only `internal`. */
  onInternalError: (error: unknown) => void;
  /** Milliseconds between progress notifications while an acquire waits. */
  progressMs?: number | undefined;
};

export type McpServer = {
  /** To be connected to one transport of the SDK. */
  server: Server;
  /** Calls that are being worked on. */
  readonly working: number;
  /** Releases the lease and closes the transport. */
  close(): Promise<void>;
};

const progressMsDefault = 2000;

/** One server for one session: it holds at most one lease, which ends with it. */
export function createMcpServer(options: McpServerOptions): McpServer {
  const session = new LeaseSession(options.broker);
  const server = new Server(
    { name: 'escarp', title: 'escarp', version: options.version } satisfies Implementation,
    { capabilities: { tools: {} }, instructions: serverInstructions },
  );
  let working = 0;
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: toolList() }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, sendNotification }) => {
    const { name, arguments: args = {}, _meta: meta } = params;
    if (!isToolName(name)) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${name}.`);
    const send: ProgressSender = (progress) =>
      sendNotification({ method: 'notifications/progress', params: progress });
    const stopProgress = reportProgress(meta?.progressToken, send, options.progressMs ?? progressMsDefault);
    working++;
    try {
      const holder = () => options.defaultHolder(server.getClientVersion());
      const output = await toolCalls[name](args, { broker: options.broker, session, holder, signal });
      return success(name, output);
    } catch (error) {
      return refusal(error, options.onInternalError);
    } finally {
      working--;
      stopProgress();
    }
  });
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK has no events, only this one function.
  server.onclose = () => void session.close();
  return {
    server,
    get working() {
      return working;
    },
    close: async () => {
      await session.close();
      await server.close();
    },
  };
}

const writers = new Map(
  Object.entries<{ output: v.GenericSchema }>(tools).map(([name, { output }]) => [
    name,
    outputWriter(output),
  ]),
);

/** Only what the output schema names is written, so that the token never reaches the model. */
function success(name: ToolName, output: object): CallToolResult {
  return result(writers.get(name)?.(output));
}

function refusal(error: unknown, onInternalError: (error: unknown) => void): CallToolResult {
  if (error instanceof OperationError) return { isError: true, ...result(errorToWire(error, 'mcp')) };
  // The client has gone, or we are to end: nobody waits for this answer, and nothing went wrong.
  if (isAbortion(error))
    return { isError: true, ...result(errorToWire(new OperationError('shutting_down'), 'mcp')) };
  onInternalError(error);
  return { isError: true, ...result(errorToWire(new OperationError('internal'), 'mcp')) };
}

const isAbortion = (error: unknown) => error instanceof Error && error.name === 'AbortError';

/** As text too, for clients that do not read structured content. */
const result = (value: unknown): CallToolResult => ({
  structuredContent: isFields(value) ? value : {},
  content: [{ type: 'text', text: JSON.stringify(value) }],
});
