import { messageOf } from '@escarp/contract';
import { inspectServer, type Inspection } from '@escarp/page-tools';
import { withDirectLoopback } from '../direct-loopback.js';
import type { Registration } from './registration.js';
import { SetupError } from './setup-error.js';

export interface SmokeOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** The deadline for each answer. */
  readonly timeoutMs: number;
}

/** Starts the registered command as its client would, asks for its tools over stdio, and ends it. */
export async function smokeTest(
  { command, args, env }: Registration,
  { version, timeoutMs, ...options }: SmokeOptions,
): Promise<Inspection> {
  // A client does not have this shell's state directory, only what was registered.
  const registered = withDirectLoopback({ ...options.env, ESCARP_HOME: undefined, ...env });
  try {
    return await inspectServer({ command, args, env: registered }, { version, timeoutMs });
  } catch (cause) {
    const how = messageOf(cause);
    throw new SetupError(
      'smoke_test_failed',
      `${[command, ...args].join(' ')} did not answer as an MCP server: ${how}`,
      'Run the command by hand and look at what it prints.',
      cause,
    );
  }
}
