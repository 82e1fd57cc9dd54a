import { flushed } from '@escarp/child-process/own-process';
import { systemReason } from '@escarp/owned-files';
import type { Cli } from './cli.js';
import { CommandError } from './command-error.js';

/**
 * Waits until everything that was printed has been written. A script that is told nothing must not be told that all went
 * well.
 *
 * @throws CommandError `output_not_written`, for example where a full disk takes no more.
 */
export async function requireWritten({
  stdout,
  outputError,
}: Pick<Cli, 'stdout' | 'outputError'>): Promise<void> {
  await flushed(stdout);
  const error = outputError();
  if (error !== undefined) throw notWritten(error);
}

function notWritten(error: Error): CommandError {
  const message = `Standard output cannot be written: ${systemReason(error)}.`;
  return new CommandError(
    'output_not_written',
    message,
    'Free some space, or send the output elsewhere.',
    error,
  );
}
