import { messageOf } from '@escarp/contract';
import { runCommand } from '@escarp/child-process';
import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import { filledIn, type LeasedBrowser, type PageCommand } from './page-command.js';
import { PageServer, type ToolCall } from './page-server.js';

/** How page servers are started. */
export type PageServersOptions = {
  command: PageCommand;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  version: string;
  /** Milliseconds between closing a server's input, asking it to end, and killing it. */
  graceMs?: number | undefined;
};

/** One call of a page tool, for one lease. */
export type PageCall = ToolCall & { lease: LeasedBrowser };

const graceMsDefault = 3_000;

/** Until there is a lease, a server is told an address at which nothing answers: listing its tools needs no browser. */
const nowhere: LeasedBrowser = {
  handle: 'none',
  slot: 0,
  cdpPort: 9,
  cdpHttpUrl: 'http://127.0.0.1:9',
  cdpWsUrl: 'ws://127.0.0.1:9',
};

type Running = { server: Promise<PageServer>; afterwards: readonly string[] };

/** Runs an unmodified page server once for each lease: from the first call to the end of the lease. */
export class PageServers {
  readonly #options: PageServersOptions;
  readonly #running = new Map<string, Running>();
  readonly #ending = new Set<Promise<void>>();
  #tools: Promise<Tool[]> | undefined;
  #onListChanged: () => void = () => {};

  constructor(options: PageServersOptions) {
    this.#options = options;
  }

  /** As the server describes them, asked once. */
  async list(): Promise<Tool[]> {
    this.#tools ??= this.#askTools().catch((error: unknown) => {
      this.#tools = undefined;
      throw error;
    });
    return await this.#tools;
  }

  /**
   * The server's own answer. One that died is started anew, once. What the call was for is repeated only where nothing
   * can have happened twice; otherwise the answer is an error that says so.
   */
  async call(call: PageCall): Promise<CallToolResult> {
    let died: string | undefined;
    for (;;) {
      const server = await this.#serverOf(call.lease).catch((error: Error) => error);
      if (server instanceof Error) return failed(server.message);
      if (died !== undefined && !(await this.#isReadOnly(call.name)))
        return failed(
          `The page server ended during this call: ${died} Another one is running. What was asked for may have ` +
            'happened: look at the page before you repeat it.',
        );
      try {
        return await server.call(call);
      } catch (error) {
        const isEnding = !this.#running.has(call.lease.handle);
        if (call.signal.aborted || isEnding || !(await isOver(server))) throw error;
        const how = await server.howItEnded();
        if (died !== undefined) return failed(`The page server ended twice during this call: ${how}`);
        died = how;
      }
    }
  }

  /** Ends the server of a lease, if it has one. */
  async end(handle: string): Promise<void> {
    const running = this.#running.get(handle);
    if (running === undefined) return;
    this.#running.delete(handle);
    const ending = this.#finish(running).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    await ending;
  }

  /** Calls back whenever a page server says that its tools have changed. */
  onListChanged(listener: () => void): void {
    this.#onListChanged = listener;
  }

  /** Ends every page server. */
  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((handle) => this.end(handle)));
    await Promise.all(this.#ending);
  }

  async #serverOf(lease: LeasedBrowser): Promise<PageServer> {
    const known = this.#running.get(lease.handle);
    if (known !== undefined) {
      const server = await known.server.catch(() => undefined);
      if (server !== undefined && !server.isOver) return server;
      // Another call may have started the next one meanwhile.
      const current = this.#running.get(lease.handle);
      if (current !== undefined && current !== known) return await current.server;
    }
    const { command, args, env, afterwards } = filledIn(this.#options.command, lease);
    const running = { server: this.#start(command, args, env), afterwards };
    this.#running.set(lease.handle, running);
    return await running.server;
  }

  async #start(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<PageServer> {
    const { cwd, version, graceMs = graceMsDefault } = this.#options;
    const process = { command, args, env: { ...this.#options.env, ...env }, cwd };
    const onListChanged = () => {
      this.#tools = server.list();
      this.#tools.then(
        () => this.#onListChanged(),
        () => (this.#tools = undefined),
      );
    };
    const server = await PageServer.start(process, { version, graceMs, onListChanged }).catch(
      (cause: unknown) => {
        throw new Error(`The page server does not start: ${messageOf(cause)}`, { cause });
      },
    );
    return server;
  }

  async #askTools(): Promise<Tool[]> {
    const { command, args, env } = filledIn(this.#options.command, nowhere);
    const server = await this.#start(command, args, env);
    try {
      return await server.list();
    } finally {
      const closing = server.close().finally(() => this.#ending.delete(closing));
      this.#ending.add(closing);
    }
  }

  async #isReadOnly(name: string): Promise<boolean> {
    const tools = await this.list().catch(() => []);
    return tools.find((tool) => tool.name === name)?.annotations?.readOnlyHint === true;
  }

  async #finish({ server, afterwards }: Running): Promise<void> {
    const [program, ...args] = afterwards;
    if (program !== undefined) await this.#run(program, args);
    await server.then(
      (started) => started.close(),
      () => {},
    );
  }

  /** Best effort: it has a deadline, and what it could not end ends with its browser. */
  async #run(program: string, args: readonly string[]): Promise<void> {
    const { env, graceMs = graceMsDefault } = this.#options;
    await runCommand(program, args, { env: { ...env }, timeoutMs: 3 * graceMs });
  }
}

/** That its connection was lost is known a moment before its end is. */
async function isOver(server: PageServer): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve));
  return server.isOver;
}

const failed = (text: string): CallToolResult => ({ isError: true, content: [{ type: 'text', text }] });
