import { join } from 'node:path';
import { openAnew } from '@escarp/owned-files';
import type { DaemonFile } from '@escarp/broker/home';
import { openStateDirectory, readDaemonFile } from '@escarp/broker/home';
import { startProcess } from '@escarp/child-process';
import { OperationError } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import { daemonEnvironment } from './daemon-environment.js';

/** What a daemon allocates is mostly dead at once; without a bound Node lets it pile up to 20 MB more before it looks. */
const heapOptions = ['--max-semi-space-size=1'];

/**
 * Starts this program again as a daemon with a session of its own, and resolves when it serves. The child tells so,
 * or why it cannot, by the one JSON document it prints.
 */
export async function startInBackground(cli: Cli, daemonArguments: readonly string[]): Promise<DaemonFile> {
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  say(cli, 'Starting the daemon');
  const errors = join(directory.home, 'logs', 'daemon-stderr.log');
  const stderr = await openAnew(errors);
  try {
    await untilServing(cli, directory.home, daemonArguments, stderr.fd);
  } finally {
    await stderr.close();
  }
  const file = await readDaemonFile(directory.daemon);
  if (file === undefined) throw new OperationError('daemon_unreachable');
  return file;
}

async function untilServing(
  cli: Cli,
  home: string,
  daemonArguments: readonly string[],
  errors: number,
): Promise<void> {
  const words = [...heapOptions, cli.program, 'daemon', '--json', ...daemonArguments];
  const { stdout, exited, unref } = await startProcess(process.execPath, words, {
    detached: true,
    stdio: ['ignore', 'pipe', errors],
    cwd: home,
    env: { ...daemonEnvironment(cli.env), ESCARP_HOME: home },
  });
  try {
    if (stdout !== null) await firstDocument(stdout, exited);
  } finally {
    stdout?.destroy();
    unref();
  }
}

/** Resolves at the daemon's first word that it serves; rejects with what it said if it ended instead. */
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

function failureOf(document: Record<string, unknown> | undefined): OperationError {
  const message =
    typeof document?.['message'] === 'string' ? document['message'] : 'The daemon ended at once.';
  const hint = typeof document?.['hint'] === 'string' ? document['hint'] : 'See escarp logs.';
  return new OperationError('pool_error', { message, hint });
}
