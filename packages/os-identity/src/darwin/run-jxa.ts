import { IdentityError } from '../errors.js';
import type { Run } from '../ports.js';

/** Long enough for one answer of the window server, short of a person deciding about a permission prompt. */
const JXA_MS = 15_000;

/**
 * Runs a JavaScript for Automation script and gives back what it printed, read as JSON. The script comes by standard
 * input, its arguments as strings. Throws `command_failed`.
 */
export async function runJxa(run: Run, script: string, argv: readonly (string | number)[]): Promise<unknown> {
  const words = ['-l', 'JavaScript', '-', ...argv.map(String)];
  const { exitCode, stdout, stderr } = await run('/usr/bin/osascript', words, {
    input: script,
    timeoutMs: JXA_MS,
  });
  if (exitCode === null) {
    throw new IdentityError('command_failed', 'osascript did not answer.', {
      hint: 'Look for a permission prompt on the screen, answer it, and try again.',
    });
  }
  if (exitCode !== 0) throw new IdentityError('command_failed', `osascript failed: ${stderr.trim()}`);
  try {
    return JSON.parse(stdout) as unknown;
  } catch (thrown) {
    throw new IdentityError('command_failed', `osascript answered "${stdout.trim()}".`, { cause: thrown });
  }
}
