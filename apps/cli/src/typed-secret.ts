import { UsageError } from './usage-error.js';

/**
 * The value of an option that is a secret. `-` stands for the first line of standard input, because every user of the
 * machine can read a command's arguments.
 *
 * @throws UsageError if standard input has no such line.
 */
export async function typedSecret(option: string, value: string | undefined): Promise<string | undefined> {
  if (value !== '-') return value;
  // Few commands are told a secret this way, and all of them load this file.
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) if (line.trim() !== '') return line.trim();
  } finally {
    lines.close();
  }
  throw new UsageError(
    `Standard input is empty, but --${option} - reads from it.`,
    'Type it there, or pipe it in.',
  );
}
