import { Client, type Progress, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { EscarpHome, Json } from './escarp-home.js';

export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
  readonly structured: Json;
}

/** One MCP client of the SDK, connected, with everything it was ever sent. */
export class McpSession {
  readonly client: Client;
  /** All that a model behind this client could have seen. */
  readonly seen: string[] = [];

  private constructor(client: Client) {
    this.client = client;
  }

  /** As a client of 2025-11-25, unless a newer revision is named. */
  static async connect(transport: Transport, name = 'e2e', revision?: '2026-07-28'): Promise<McpSession> {
    const options = revision === undefined ? {} : { versionNegotiation: { mode: { pin: revision } } };
    const session = new McpSession(new Client({ name, version: '1.0.0' }, options));
    await session.client.connect(transport, { timeout: 120_000 });
    session.#listen(transport);
    return session;
  }

  async call(tool: string, args: Json = {}, onProgress?: (progress: Progress) => void): Promise<ToolAnswer> {
    const options = { timeout: 120_000, ...(onProgress === undefined ? {} : { onprogress: onProgress }) };
    const answer = await this.client.callTool({ name: tool, arguments: args }, options);
    const { isError, structuredContent, content } = answer;
    return { isError: isError === true, structured: { ...asJson(structuredContent) }, text: textOf(content) };
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  #listen(transport: Transport): void {
    const deliver = transport.onmessage;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport has no events, only this one function.
    transport.onmessage = (message, extra) => {
      this.seen.push(JSON.stringify(message));
      deliver?.(message, extra);
    };
  }
}

/** A client that starts its server, as editors and agents do. */
export function stdioTransport(
  home: EscarpHome,
  [command = '', ...args]: readonly string[],
  more: Record<string, string> = {},
): StdioClientTransport {
  const env = Object.fromEntries(
    Object.entries({ ...home.env, ...more }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  return new StdioClientTransport({ command, args, env, cwd: home.project, stderr: 'pipe' });
}

function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(content: unknown): string {
  const parts = Array.isArray(content) ? content.map(asJson) : [];
  return parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : [])).join('\n');
}
