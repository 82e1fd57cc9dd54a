import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RunningProcess } from '@escarp/child-process';
import { startProcess } from '@escarp/child-process';
import type { Report, Request } from './messages.js';
import type { SuitePlaywright } from './suite-playwright.js';

/** A browser that a worker may connect to. */
export interface OfferedBrowser {
  /** WebSocket address, with a path that cannot be guessed. */
  readonly endpoint: string;
  /** Resolves when the worker has left, or the browser is gone. Never rejects. */
  readonly gone: Promise<unknown>;
  /** Disconnects the worker. */
  readonly end: () => void;
}

interface Waiting {
  readonly resolve: (endpoint: string) => void;
  readonly reject: (error: Error) => void;
  readonly leave: () => void;
}

export interface LibraryProcessOptions {
  readonly playwright: SuitePlaywright;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/**
 * The process that loads the suite's Playwright library, so that foreign code, and as many versions of it as there are
 * suites, runs in none of ours. It is started when first needed, and again if it has died.
 */
export class LibraryProcess {
  readonly #options: LibraryProcessOptions;
  readonly #waiting = new Map<string, Waiting>();
  #process: Promise<RunningProcess> | undefined;

  constructor(options: LibraryProcessOptions) {
    this.#options = options;
  }

  /** Rejects with what the library said, and if its process dies meanwhile. */
  async offer(request: Request & { type: 'bind' | 'launch' }): Promise<OfferedBrowser> {
    const { id } = request;
    const left = new AbortController();
    const gone = once(left.signal, 'abort');
    const endpoint = new Promise<string>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, leave: () => left.abort() });
    });
    try {
      await this.#send(request);
      return { endpoint: await endpoint, gone, end: () => void this.#send({ type: 'end', id }) };
    } catch (error) {
      this.#waiting.delete(id);
      throw error;
    }
  }

  /** Ends the process, and with it every connection. */
  async close(): Promise<void> {
    const running = await this.#process?.catch(() => undefined);
    running?.stdin?.end();
    const overdue = setTimeout(() => running?.kill('SIGKILL'), endMs);
    await running?.exited;
    clearTimeout(overdue);
  }

  async #send(request: Request): Promise<void> {
    const { stdin } = await (this.#process ??= this.#start());
    stdin?.write(`${JSON.stringify(request)}\n`);
  }

  async #start(): Promise<RunningProcess> {
    const { playwright, env, cwd } = this.#options;
    const program = fileURLToPath(new URL('./program.js', import.meta.url));
    const running = await startProcess(process.execPath, [program, playwright.folder], {
      // It asks the library for an inspector, which would open here, beside a browser that need not have a window.
      env: { ...env, PWDEBUG: undefined },
      cwd,
      // Ctrl-C is for the suite: while that ends, its workers still need their browsers.
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (running.stdout !== null) {
      createInterface({ input: running.stdout }).on('line', (line) => this.#hear(line));
    }
    void running.closed.then(() => this.#died());
    return running;
  }

  #hear(line: string): void {
    const report = reportOf(line);
    if (report === undefined) return;
    const waiting = this.#waiting.get(report.id);
    if (report.type === 'ready') waiting?.resolve(report.endpoint);
    else this.#waiting.delete(report.id);
    if (report.type === 'failed') waiting?.reject(new Error(report.message));
    if (report.type === 'gone') waiting?.leave();
  }

  #died(): void {
    this.#process = undefined;
    for (const { reject, leave } of this.#waiting.values()) {
      reject(new Error("The process that has the suite's Playwright library has ended."));
      leave();
    }
    this.#waiting.clear();
  }
}

/** Contexts are closed within it, or the browser's reset does that. */
const endMs = 5_000;

/** Undefined for what the library itself may print. */
function reportOf(line: string): Report | undefined {
  try {
    const report: Report = JSON.parse(line);
    return typeof report === 'object' ? report : undefined;
  } catch {
    return undefined;
  }
}
