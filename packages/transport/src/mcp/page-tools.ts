import type { CallToolResult, Progress, Tool } from '@modelcontextprotocol/server';
import type { LeaseView } from '../lease-view.js';
import { OperationError } from '@escarp/contract';
import type { AcquireRequest } from '../operations/acquire.js';
import { isFields } from '../wire/fields.js';
import type { LeaseSet } from './lease-set.js';

/** One call of a page tool, for one lease. */
export type PageCall = {
  lease: LeaseView;
  name: string;
  args: Record<string, unknown>;
  signal: AbortSignal;
  /** Present if the client asked for progress. */
  onProgress?: ((progress: Progress) => void) | undefined;
};

/** The tools of a browser's own MCP server, which run in a process for each lease. */
export type PageTools = {
  /** As that server describes them. */
  list(): Promise<Tool[]>;
  /** Rejects with an Error that says what is wrong if the process could not be kept running. */
  call(call: PageCall): Promise<CallToolResult>;
  /** The lease has ended, and its process with it. */
  end(handle: string): Promise<void>;
  /** Called when `list` would return something else. */
  onListChanged(listener: () => void): void;
  close(): Promise<void>;
};

/** How page calls get a lease if they name none and none is held. */
export type PageOptions = {
  tools: PageTools;
  /** Whether to acquire one. Otherwise such a call is refused. */
  lazy: boolean;
  /** Milliseconds without a call after which a lease acquired in this way is given back; 0 for never. */
  idleMs: number;
  /** Seconds that such a call waits in the queue. */
  waitS: number;
};

/**
 * The dialect that MCP assumes for a schema that names none. Repeating it in every tool would take more space than
 * `lease` does.
 */
const dialectAssumed = 'https://json-schema.org/draft/2020-12/schema';

/** The same schemas with `lease` added. Its meaning is explained once, in the server's instructions. */
export function withLease(tool: Tool): Tool {
  const { $schema, ...inputSchema } = tool.inputSchema;
  return {
    ...tool,
    inputSchema: {
      ...($schema === undefined || $schema === dialectAssumed ? {} : { $schema }),
      ...inputSchema,
      properties: { ...inputSchema.properties, lease: { type: 'string' } },
    },
  };
}

type PageContext = {
  leases: LeaseSet;
  pages: PageOptions;
  holder: () => string;
  signal: AbortSignal;
  onProgress?: PageCall['onProgress'];
};

/** Passes a call on to the process of its lease, and the answer back unchanged. */
export async function callPage(name: string, args: unknown, context: PageContext): Promise<CallToolResult> {
  const { leases, pages, signal, onProgress } = context;
  const { lease: handle, ...rest } = isFields(args) ? args : {};
  const lease = await leaseOf(handle, context);
  if (lease.control?.by === 'human' && !(await isReadOnly(pages.tools, name)))
    throw new OperationError('human_in_control', { details: { ...lease.control } });
  return await leases.during(lease.handle, () =>
    pages.tools.call({ lease, name, args: rest, signal, onProgress }),
  );
}

/** A tool that only looks is in no person's way. One that does not say what it does counts as one that acts. */
async function isReadOnly(tools: PageTools, name: string): Promise<boolean> {
  const tool = (await tools.list()).find((each) => each.name === name);
  return tool?.annotations?.readOnlyHint === true;
}

async function leaseOf(handle: unknown, context: PageContext): Promise<LeaseView> {
  if (handle !== undefined && handle !== null && typeof handle !== 'string')
    throw new OperationError('bad_request', { message: 'The field lease must be a string.' });
  const { leases, pages, holder, signal } = context;
  return await leases.pickOr(handle ?? undefined, async () => {
    if (!pages.lazy) throw new OperationError('which_lease', { message: 'No lease is held here.' });
    const request: AcquireRequest = { holder: holder(), waitS: pages.waitS };
    return await leases.acquire(request, { signal, silenceMs: pages.idleMs || undefined });
  });
}
