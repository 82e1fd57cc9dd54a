import { startProcess, type RunningProcess } from '@escarp/child-process';
import {
  ReadBuffer,
  serializeMessage,
  type JSONRPCMessage,
  type Transport,
} from '@modelcontextprotocol/client';

/** A program to start, with its arguments, environment and working directory. */
export type ProcessCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string | undefined;
};

const saidBytesMax = 4_000;

/**
 * A server over stdio in a process group of its own, so that ending it takes along what a wrapper such as npx has
 * started; the SDK's transport ends the wrapper alone.
 */
export class ProcessTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  readonly #command: ProcessCommand;
  /** Milliseconds between closing its input, asking it to end, and killing it. */
  readonly #graceMs: number;
  readonly #received = new ReadBuffer();
  #child: RunningProcess | undefined;
  #said = '';
  #ended: Promise<string> = Promise.resolve('it was not started');
  #over = false;

  constructor(command: ProcessCommand, graceMs: number) {
    this.#command = command;
    this.#graceMs = graceMs;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The last lines of its standard error. */
  get said(): string {
    return this.#said.trim().split('\n').slice(-3).join(' ');
  }

  /** Whether it has ended, asked to or not. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Says how it ended. */
  get ended(): Promise<string> {
    return this.#ended;
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#command;
    const child = await startProcess(command, args, { env, cwd, stdio: 'pipe', detached: true }).catch(
      (error: Error) => {
        // A sentence already; whoever says it ends it.
        this.#ended = Promise.resolve(error.message.replace(/\.$/, ''));
        this.#over = true;
        throw error;
      },
    );
    this.#child = child;
    child.stdout?.on('data', (bytes: Buffer) => this.#read(bytes));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-saidBytesMax);
    });
    this.#ended = child.closed.then(({ exitCode, signal }) => `it ended with ${exitCode ?? signal}`);
    void this.#ended.then(() => this.#close());
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#child?.stdin?.write(serializeMessage(message));
  }

  /** Resolves when it has ended. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.stdin?.end();
    const timers = (['SIGTERM', 'SIGKILL'] as const).map((signal, at) =>
      setTimeout(() => signalGroup(child, signal), this.#graceMs * (at + 1)),
    );
    await this.#ended;
    for (const timer of timers) clearTimeout(timer);
    // What the wrapper has left behind; none of the group is anyone else's.
    signalGroup(child, 'SIGKILL');
  }

  #close(): void {
    this.#over = true;
    this.onclose?.();
  }

  #read(bytes: Buffer): void {
    this.#received.append(bytes);
    for (;;) {
      try {
        const message = this.#received.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        this.onerror?.(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }
}

function signalGroup({ pid }: RunningProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing of it is left.
  }
}
