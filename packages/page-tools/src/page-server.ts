import { messageOf } from '@escarp/contract';
import {
  Client,
  type CallToolResult,
  type Progress,
  type StandardSchemaV1,
  type Tool,
} from '@modelcontextprotocol/client';
import { ProcessTransport, type ProcessCommand } from './process-transport.js';

export type PageServerOptions = {
  version: string;
  /** Milliseconds between closing a server's input, asking it to end, and killing it. */
  graceMs: number;
  onListChanged?: (() => void) | undefined;
  /** Milliseconds until it must have answered for the first time; as long as it takes if not given. */
  timeoutMs?: number | undefined;
};

export type ToolCall = {
  name: string;
  args: Record<string, unknown>;
  signal: AbortSignal;
  onProgress?: ((progress: Progress) => void) | undefined;
};

/** The longest that a timer can be set to: how long a page may take is for the client to say. */
const foreverMs = 2 ** 31 - 1;

/** An MCP server over stdio that runs. */
export class PageServer {
  readonly #client: Client;
  readonly #transport: ProcessTransport;

  private constructor(client: Client, transport: ProcessTransport) {
    this.#client = client;
    this.#transport = transport;
  }

  /** Resolves when it can be asked. Rejects with what it last said if it ended before. */
  static async start(command: ProcessCommand, options: PageServerOptions): Promise<PageServer> {
    const transport = new ProcessTransport(command, options.graceMs);
    const client = new Client({ name: 'escarp', version: options.version });
    const server = new PageServer(client, transport);
    client.setNotificationHandler('notifications/tools/list_changed', () => options.onListChanged?.());
    try {
      await client.connect(transport, { timeout: options.timeoutMs ?? foreverMs });
    } catch (cause) {
      const how = transport.isOver ? await server.howItEnded() : messageOf(cause);
      await transport.close();
      throw new Error(how, { cause });
    }
    return server;
  }

  /** Name and version, as it gives them. */
  get about(): string {
    const { name = '', version = '' } = this.#client.getServerVersion() ?? {};
    return `${name} ${version}`.trim();
  }

  get pid(): number | undefined {
    return this.#transport.pid;
  }

  /** Whether its process has ended, asked to or not. */
  get isOver(): boolean {
    return this.#transport.isOver;
  }

  async howItEnded(): Promise<string> {
    const how = await this.#transport.ended;
    const { said } = this.#transport;
    return said === '' ? `${how}.` : `${how}. ${said}`;
  }

  async list(timeoutMs = foreverMs): Promise<Tool[]> {
    return (await this.#client.listTools(undefined, { timeout: timeoutMs })).tools;
  }

  /** The answer as it came, unread. Rejects as the server did, with its code. */
  async call({ name, args, signal, onProgress }: ToolCall): Promise<CallToolResult> {
    return await this.#client.request({ method: 'tools/call', params: { name, arguments: args } }, anything, {
      signal,
      timeout: foreverMs,
      ...(onProgress && { onprogress: onProgress }),
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#transport.close();
  }
}

/** Lets every answer pass: what is not ours to judge is judged by the client that asked. */
const anything: StandardSchemaV1<unknown, CallToolResult> = {
  '~standard': {
    version: 1,
    vendor: 'escarp',
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- passed on, never looked into.
    validate: (value) => ({ value: value as CallToolResult }),
  },
};
