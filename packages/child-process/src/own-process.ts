export { hangupVariable, ignoresHangups } from './hangups.js';

/**
 * The working directory of this process, or undefined if it was deleted. The process then works in the root directory,
 * which nobody deletes: Node fails at almost everything without one.
 */
export function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    process.chdir('/');
    return undefined;
  }
}

/** Resolves when everything written to the streams so far has been handed to the system, or can no longer be. */
export async function flushed(...streams: readonly NodeJS.WriteStream[]): Promise<void> {
  await Promise.all(
    streams.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))),
  );
}
