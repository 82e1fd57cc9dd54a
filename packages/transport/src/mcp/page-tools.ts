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
  /** Given if the client asked to be told. */
  onProgress?: ((progress: Progress) => void) | undefined;
};

/** The tools of a browser's own MCP server, which run in a process for each lease. */
export type PageTools = {
  /** As that server describes them. */
  list(): Promise<Tool[]>;
  /** Rejects with an Error that says what is wrong when the process could not be kept alive. */
  call(call: PageCall): Promise<CallToolResult>;
  /** The lease has ended, and its process goes with it. */
  end(handle: string): Promise<void>;
  /** Told when `list` has something else to say. */
  onListChanged(listener: () => void): void;
  close(): Promise<void>;
};

/** How page calls get a lease if they name none and none is held. */
export type PageOptions = {
  tools: PageTools;
  /** Acquire one. Otherwise such a call is refused. */
  lazy: boolean;
  /** Milliseconds without a call after which a lease that was acquired so is given back; 0 for never. */
  idleMs: number;
  /** Seconds that such a call waits in the queue. */
  waitS: number;
};

/** The dialect in which MCP has schemas read that name none; said in every tool, it takes more than `lease` does. */
const dialectAssumed = 'https://json-schema.org/draft/2020-12/schema';

/** Schemas that say the same, with `lease` added. What it means is said once, in the server's instructions. */
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

/** Passes a call on to the process of its lease, and its answer back as it is. */
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

/** Who only looks is in no person's way. A tool that does not say what it does is taken for one that acts. */
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
