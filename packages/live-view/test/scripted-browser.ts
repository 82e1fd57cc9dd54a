import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

/** A command as a client sent it. */
export interface SentCommand {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What a browser says to a command: its result, an Error for a refusal, or nothing at all. */
export type Answer = object | Error | 'silence';

/** A browser of one tab that answers as a test wants it to, for what a real one does once in a thousand times. */
export class ScriptedBrowser {
  readonly commands: SentCommand[] = [];
  answer: (command: SentCommand) => Answer | undefined = () => undefined;
  /** Whether it says who it is. */
  isDeaf = false;
  readonly #http: Server;
  #client: WebSocket | undefined;
  readonly #wakes = new Set<() => void>();

  private constructor() {
    this.#http = createServer((request, response) => {
      this.#note({ method: `GET ${request.url}`, params: {} });
      const webSocketDebuggerUrl = `ws://${request.headers.host}/devtools/browser/scripted`;
      if (!this.isDeaf) response.end(JSON.stringify({ Browser: 'Scripted/1', webSocketDebuggerUrl }));
    });
    const sockets = new WebSocketServer({ server: this.#http });
    sockets.on('connection', (client) => {
      this.#client = client;
      client.on('error', () => {});
      client.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString('utf8'))));
    });
  }

  static async start(): Promise<ScriptedBrowser> {
    const browser = new ScriptedBrowser();
    browser.#http.listen(0, '127.0.0.1');
    await once(browser.#http, 'listening');
    return browser;
  }

  get port(): number {
    const address = this.#http.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  /** How often a command was sent. */
  count(method: string): number {
    return this.commands.filter((one) => one.method === method).length;
  }

  /** Resolves when it was sent so often. */
  async heard(method: string, times = 1): Promise<void> {
    while (this.count(method) < times) await new Promise<void>((resolve) => this.#wakes.add(resolve));
  }

  tell(method: string, params: object, sessionId?: string): void {
    this.#client?.send(JSON.stringify({ method, params, sessionId }));
  }

  /** Tells of a picture of the tab. */
  picture(content: string): void {
    const data = Buffer.from(content).toString('base64');
    this.tell('Page.screencastFrame', { data, sessionId: 1, metadata: {} }, sessionId);
  }

  async close(): Promise<void> {
    this.#client?.terminate();
    this.#http.close();
    this.#http.closeAllConnections();
    await once(this.#http, 'close');
  }

  #hear({ id, method, params }: SentCommand & { readonly id: number }): void {
    const command = { method, params };
    this.#note(command);
    const answer = this.answer(command) ?? usual(method);
    if (method === 'Target.setDiscoverTargets') this.tell('Target.targetCreated', { targetInfo: tab() });
    if (answer === 'silence') return;
    const reply = answer instanceof Error ? { error: { message: answer.message } } : { result: answer };
    this.#client?.send(JSON.stringify({ id, ...reply }));
  }

  #note(command: SentCommand): void {
    this.commands.push(command);
    for (const wake of this.#wakes) wake();
    this.#wakes.clear();
  }
}

const sessionId = 'session';

/** What a browser tells of the tab. */
export function tab(more: object = {}): object {
  return { targetId: 'tab', type: 'page', title: 'Shop', url: 'http://shop/', ...more };
}

function usual(method: string): object {
  return method === 'Target.attachToTarget' ? { sessionId } : {};
}
