import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { firstAborted, messageOf } from '@escarp/contract';
import type { HeldLease } from '@escarp/transport/client';
import { LibraryProcess } from './library-process.js';
import { otherEngines, type OtherEngine } from './messages.js';
import type { SuitePlaywright } from './suite-playwright.js';

/** What the endpoint works with. */
export interface EndpointOptions {
  readonly playwright: SuitePlaywright;
  /** Environment and folder of the process that loads the suite's library. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Leases a slot for the worker with this number, counted from 1. The signal is aborted if the worker goes meanwhile. */
  readonly lease: (worker: number, signal: AbortSignal) => Promise<HeldLease>;
  /** Ids that cannot be guessed. */
  readonly newId: () => string;
  /** Tells the user something. */
  readonly say: (line: string) => void;
}

/** Where the workers of a suite connect. */
export interface PlaywrightEndpoint {
  /** Value for `PW_TEST_CONNECT_WS_ENDPOINT`, or for `wsEndpoint`. */
  readonly url: string;
  /** Ends every connection and releases every lease. */
  close(): Promise<void>;
}

/**
 * Serves an address at which every worker that connects is leased a slot of its own, for as long as it stays connected.
 * It is told by a redirect where its browser is, so that nothing it says or hears passes through here.
 */
export async function openPlaywrightEndpoint(options: EndpointOptions): Promise<PlaywrightEndpoint> {
  const path = `/${options.newId()}`;
  const workers = new Workers(options);
  const server = createServer((_, response) => response.writeHead(404).end());
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => {});
    if (request.url !== path || request.headers.origin !== undefined) return answer(socket, 404, '');
    void workers.serve(request, socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A connection could not be accepted; its client is told so by the system.
  server.on('error', () => {});
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `ws://127.0.0.1:${port}${path}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await workers.close();
    },
  };
}

class Workers {
  readonly #options: EndpointOptions;
  readonly #library: LibraryProcess;
  readonly #served = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #noted = new Set<string>();
  #count = 0;

  constructor(options: EndpointOptions) {
    this.#options = options;
    this.#library = new LibraryProcess(options);
  }

  async serve(request: IncomingMessage, socket: Duplex): Promise<void> {
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    const left = firstAborted([this.#closing.signal], gone.signal);
    const served = this.#serve(request, socket, left).catch((error: unknown) => {
      const message = messageOf(error);
      if (!left.aborted) this.#options.say(`No browser for a worker: ${message}`);
      answer(socket, 503, message);
    });
    this.#served.add(served);
    await served;
    this.#served.delete(served);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#library.close();
    await Promise.all(this.#served);
  }

  async #serve(request: IncomingMessage, socket: Duplex, left: AbortSignal): Promise<void> {
    const mismatch = versionMismatch(request, this.#options.playwright.version);
    if (mismatch !== undefined) throw new Error(mismatch);
    const engine = otherEngine(request);
    if (engine !== undefined) return this.#serveOther(engine, request, socket);
    const worker = ++this.#count;
    const held = await this.#options.lease(worker, left);
    try {
      await this.#serveLeased(held, worker, socket);
    } finally {
      await held.release({ noWait: true }).catch(() => {});
    }
  }

  async #serveLeased(held: HeldLease, worker: number, socket: Duplex): Promise<void> {
    const { slot, cdpWsUrl } = held.lease;
    const browser = await this.#library.offer({
      type: 'bind',
      id: this.#options.newId(),
      cdpWsUrl: cdpWsUrl ?? '',
      title: `escarp slot ${slot}`,
    });
    redirect(socket, browser.endpoint);
    const reason = await Promise.race([browser.gone.then(() => undefined), held.lost]);
    if (reason === undefined) return;
    this.#options.say(`Worker ${worker} has lost slot ${slot}: ${reason.message}`);
    browser.end();
    await browser.gone;
  }

  /** Of these there are no slots, so the worker gets what it would have launched itself. */
  async #serveOther(engine: OtherEngine, request: IncomingMessage, socket: Duplex): Promise<void> {
    if (!this.#noted.has(engine)) {
      this.#options.say(`Slots are Chromium: ${engine} is launched for each worker as usual.`);
      this.#noted.add(engine);
    }
    const launchOptions = launchOptionsOf(request);
    const id = this.#options.newId();
    const browser = await this.#library.offer({ type: 'launch', id, engine, launchOptions });
    redirect(socket, browser.endpoint);
    await browser.gone;
  }
}

function redirect(socket: Duplex, location: string): void {
  answer(socket, 302, '', [`location: ${location}`]);
}

function answer(socket: Duplex, status: number, body: string, more: readonly string[] = []): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...more,
  ];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** The two sides understand each other if major and minor version are the same. */
function versionMismatch({ headers }: IncomingMessage, version: string): string | undefined {
  const found = /^Playwright\/(\d+\.\d+)/.exec(headers['user-agent'] ?? '')?.[1];
  if (found === undefined || version.startsWith(`${found}.`)) return undefined;
  return (
    `The suite runs with Playwright ${found}, and the folder that escarp looked in has ${version}. ` +
    'Name the folder of the suite with --suite.'
  );
}

function otherEngine({ headers }: IncomingMessage): OtherEngine | undefined {
  return otherEngines.find((engine) => engine === headers['x-playwright-browser']);
}

/** As the test configuration has them. */
function launchOptionsOf({ headers }: IncomingMessage): Record<string, unknown> {
  const header = headers['x-playwright-launch-options'];
  const options: Record<string, unknown> = JSON.parse(typeof header === 'string' ? header : '{}');
  return options;
}
