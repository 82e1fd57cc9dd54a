import { createInterface } from 'node:readline';
import type { RunningProcess } from '@escarp/child-process';
import { startProcess } from '@escarp/child-process';
import { withDirectLoopback } from '../direct-loopback.js';
import type { Registration } from './registration.js';
import { SetupError } from './setup-error.js';

export interface SmokeOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The whole conversation must be over by then. */
  readonly timeoutMs: number;
}

export interface SmokeResult {
  /** Name and version, as the server gives them. */
  readonly server: string;
  readonly tools: readonly string[];
}

const protocolVersion = '2025-06-18';
/** How long a server may take to leave once its input is closed. */
const graceMs = 3000;

/** Starts what was registered as its client would, asks for its tools over stdio, and ends it. */
export async function smokeTest(registration: Registration, options: SmokeOptions): Promise<SmokeResult> {
  const { command, args } = registration;
  // A group of its own, so that ending it takes along what a wrapper has started.
  const env = { ...options.env, ESCARP_HOME: undefined, ...registration.env };
  const child = await startProcess(command, args, {
    env: withDirectLoopback(env),
    stdio: 'pipe',
    detached: true,
  }).catch((cause: unknown) => {
    throw failure(registration, cause, []);
  });
  const errors: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const ended = child.closed.then(({ exitCode, signal }) => `it ended with ${exitCode ?? signal}`);
  const timer = setTimeout(() => end(child), options.timeoutMs);
  try {
    const lost = ended.then((how) => Promise.reject(new Error(how)));
    return await Promise.race([converse(child), lost]);
  } catch (cause) {
    throw failure(registration, cause, errors);
  } finally {
    clearTimeout(timer);
    child.stdin?.end();
    const grace = setTimeout(() => end(child), graceMs);
    await ended;
    clearTimeout(grace);
  }
}

async function converse({ stdin, stdout }: RunningProcess): Promise<SmokeResult> {
  if (stdin === null || stdout === null) throw new Error('it was started without pipes');
  const messages = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const ask = (id: number, method: string, params: object) => {
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return answerTo(id, messages);
  };
  const clientInfo = { name: 'escarp-setup', version: '1' };
  const hello = await ask(1, 'initialize', { protocolVersion, capabilities: {}, clientInfo });
  stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  const { tools } = await ask(2, 'tools/list', {});
  const { name, version } = recordOf(hello['serverInfo']);
  return {
    server: [name, version].filter((part) => typeof part === 'string').join(' '),
    tools: Array.isArray(tools) ? tools.map((tool) => String(recordOf(tool)['name'])) : [],
  };
}

/** Never settles when the output ends first: the end of the process is the better report. */
async function answerTo(id: number, messages: AsyncIterator<string>): Promise<Record<string, unknown>> {
  for (;;) {
    const { done, value } = await messages.next();
    if (done) return new Promise(() => {});
    const message = parsed(value);
    if (message['id'] !== id) continue;
    if (message['error'] === undefined) return recordOf(message['result']);
    throw new Error(String(recordOf(message['error'])['message']));
  }
}

function parsed(line: string): Record<string, unknown> {
  try {
    return recordOf(JSON.parse(line));
  } catch {
    return {};
  }
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

function failure({ command, args }: Registration, cause: unknown, errors: readonly string[]): SetupError {
  const said = errors.join('').trim().split('\n').slice(-3).join(' ');
  const line = [command, ...args].join(' ');
  const how = cause instanceof Error ? cause.message : String(cause);
  const message = `${line} did not answer as an MCP server: ${how}. ${said}`.trim();
  return new SetupError(
    'smoke_test_failed',
    message,
    'Run the command by hand and look at what it prints.',
    cause,
  );
}

function end({ pid }: RunningProcess): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself since.
  }
}
