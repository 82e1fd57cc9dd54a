import { join } from 'node:path';
import { isErrorCode, isProgramErrorCode } from '@escarp/contract';
import { openAnew } from '@escarp/owned-files';
import { startProcess } from '@escarp/child-process';
import { OperationError } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { daemonEnvironment } from './daemon-environment.js';
import { heapOptions } from './daemon-program.js';

/** A program of escarp that serves in the background. */
export interface BackgroundProgram {
  readonly path: string;
  readonly words: readonly string[];
  /** Name of the file in `logs` for its standard error. */
  readonly errors: string;
}

/**
 * Starts a program in a session of its own, and resolves when it serves. The program prints one JSON document, which
 * says that it serves, or why it cannot.
 */
export async function startInBackground(
  cli: Cli,
  home: string,
  { path, words, errors }: BackgroundProgram,
): Promise<void> {
  const stderr = await openAnew(join(home, 'logs', errors));
  try {
    const { stdout, exited, unref } = await startProcess(process.execPath, [...heapOptions, path, ...words], {
      detached: true,
      stdio: ['ignore', 'pipe', stderr.fd],
      cwd: home,
      env: { ...daemonEnvironment(cli.env), ESCARP_HOME: home },
    });
    try {
      if (stdout !== null) await firstDocument(stdout, exited);
    } finally {
      stdout?.destroy();
      unref();
    }
  } finally {
    await stderr.close();
  }
}

/** Resolves as soon as it says that it serves; rejects with what it said if it ended instead. */
async function firstDocument(stdout: AsyncIterable<Buffer>, exited: Promise<unknown>): Promise<void> {
  let text = '';
  const read = (async () => {
    for await (const chunk of stdout) {
      text += chunk.toString('utf8');
      if (isDocument(text)) return;
    }
    await exited;
  })();
  await read;
  const document = parsed(text);
  if (document === undefined || 'error' in document) throw failureOf(document);
}

function isDocument(text: string): boolean {
  return parsed(text) !== undefined;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** With the code that the program gave, on which callers and exit codes depend. */
function failureOf(document: Record<string, unknown> | undefined): Error {
  const code = document?.['error'];
  const message = typeof document?.['message'] === 'string' ? document['message'] : 'It ended at once.';
  const hint = typeof document?.['hint'] === 'string' ? document['hint'] : 'See escarp logs.';
  if (isProgramErrorCode(code)) return Object.assign(new Error(message), { code, hint });
  return new OperationError(isErrorCode(code) ? code : 'pool_error', { message, hint });
}
