import {
  CLIENT_INFO_META_KEY,
  isInputRequiredResult,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type CallToolResult,
  type Implementation,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type * as v from 'valibot';
import type { LeaseView } from '../lease-view.js';
import { OperationError } from '@escarp/contract';
import { errorToWire } from '../wire/error-to-wire.js';
import { fieldsOf, isFields } from '../wire/fields.js';
import { outputWriter } from '../wire/output.js';
import type { PersonLinks } from './ask-person.js';
import { type ClientUser, clientUserOf } from './client-user.js';
import type { LeaseBroker } from './lease-broker.js';
import type { LeaseSet } from './lease-set.js';
import { callPage, withLease, type PageOptions } from './page-tools.js';
import { describeWait, reportProgress } from './progress.js';
import { serverInstructions } from './texts.js';
import { toolCalls } from './tool-calls.js';
import { isToolName, toolList, tools, type ToolName } from './tools.js';

/** What a client says of itself. */
export type ClientName = { name: string; version: string };

/** What an MCP server needs. */
export type McpServerOptions = {
  broker: LeaseBroker;
  /** Names the holder when the model gives no name; it is told what the client says of itself. */
  defaultHolder: (client: ClientName | undefined) => string;
  version: string;
  /** Told of every error that is none of the contract; the model learns only `internal`. */
  onInternalError: (error: unknown) => void;
  /** Milliseconds between progress notifications while an acquire waits. */
  progressMs?: number | undefined;
  /** At most so many leases in one session; as many as the pool has slots if not given. */
  leasesMax?: number | undefined;
  /** A lease that an earlier session left behind and this one may continue; undefined if there is none. */
  reattach?: (() => Promise<LeaseView | undefined>) | undefined;
  /** Brings a person to the browser of an agent that asks, where the client can show them a link. */
  personLinks?: PersonLinks | undefined;
  /** Tools of a page server to serve beside. */
  pages?: PageOptions | undefined;
};

const progressMsDefault = 2000;

type Tasks = {
  /** Called when a tool call begins; what it returns, when that is over. */
  begin?: () => () => void;
};

/**
 * A server of the SDK, to be connected to one transport. The leases that it works on are the caller's to close.
 * Throws nothing itself: an unknown tool is an error of the protocol, a refusal a result of the call.
 */
export function createMcpServer(options: McpServerOptions, leases: LeaseSet, { begin }: Tasks = {}): Server {
  const { pages } = options;
  const server = new Server(
    { name: 'escarp', title: 'escarp', version: options.version } satisfies Implementation,
    { capabilities: { tools: pages ? { listChanged: true } : {} }, instructions: serverInstructions },
  );
  server.setRequestHandler('tools/list', async () => {
    const more = pages === undefined ? [] : await pages.tools.list();
    return { tools: [...toolList(), ...more.filter(({ name }) => !isToolName(name)).map(withLease)] };
  });
  server.setRequestHandler('tools/call', async ({ params: { name, arguments: args = {} } }, context) => {
    const end = begin?.();
    try {
      const holder = () => options.defaultHolder(clientOf(server, context));
      const user = clientUserOf(server, context);
      if (isToolName(name)) return await callTool(name, args, { options, leases, holder, context, user });
      if (pages === undefined) throw unknownTool(name);
      const { signal } = context.mcpReq;
      return await callPage(name, args, { leases, pages, holder, signal, ...progressOf(context) });
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      return refusal(error, options.onInternalError);
    } finally {
      end?.();
    }
  });
  return server;
}

type ToolCall = {
  options: McpServerOptions;
  leases: LeaseSet;
  holder: () => string;
  context: ServerContext;
  user: ClientUser | undefined;
};

async function callTool(
  name: ToolName,
  args: Record<string, unknown>,
  { options, leases, holder, context, user }: ToolCall,
): Promise<CallToolResult | InputRequiredResult> {
  const { broker, reattach, pages, personLinks: links, progressMs = progressMsDefault } = options;
  const { signal, _meta: meta, notify } = context.mcpReq;
  const waiting = async () =>
    name === 'escarp_ask_human'
      ? 'Waiting for a person to answer.'
      : describeWait(broker, holderIn(args) ?? holder());
  const send = (params: { progressToken: string | number; progress: number; message: string }) =>
    notify({ method: 'notifications/progress', params });
  const stopProgress = reportProgress(meta?.progressToken, send, waiting, progressMs);
  try {
    const person = links && user && { links, user };
    const call = { broker, leases, holder, signal, reattach, person, pages: pages !== undefined };
    const output = await toolCalls[name](args, call);
    return isInputRequiredResult(output) ? output : success(name, output);
  } finally {
    stopProgress();
  }
}

/** As the queue names whoever waits: the holder, and the agent it is for. */
function holderIn({ holder, agent }: Record<string, unknown>): string | undefined {
  if (typeof holder !== 'string') return undefined;
  return typeof agent === 'string' ? `${holder}/${agent}` : holder;
}

/** A client of the newest revision says who it is with every request, an older one when it connects. */
function clientOf(server: Server, { mcpReq }: ServerContext): ClientName | undefined {
  // oxlint-disable-next-line typescript/no-deprecated -- the SDK has no other source for clients of older revisions.
  const told = fieldsOf(mcpReq.envelope)[CLIENT_INFO_META_KEY] ?? server.getClientVersion();
  if (!isFields(told) || typeof told['name'] !== 'string') return undefined;
  return { name: told['name'], version: String(told['version']) };
}

/** What a page server tells of its progress is told on, with its own numbers. */
function progressOf({ mcpReq: { _meta: meta, notify } }: ServerContext) {
  const progressToken = meta?.progressToken;
  if (progressToken === undefined) return {};
  return {
    onProgress: (progress: object) =>
      // A client that has gone does not need to be told.
      void notify({ method: 'notifications/progress', params: { ...progress, progressToken } }).catch(
        () => {},
      ),
  };
}

const unknownTool = (name: string) =>
  new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${name}.`);

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
  structuredContent: fieldsOf(value),
  content: [{ type: 'text', text: JSON.stringify(value) }],
});
