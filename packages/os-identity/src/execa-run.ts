import type { Run } from './ports.js';

/** The Run port by execa: no shell, no inherited standard input, nothing thrown. */
export const execaRun: Run = async (command, commandArguments, { input, timeoutMs }) => {
  const { execa } = await import('execa');
  const result = await execa(command, commandArguments, {
    reject: false,
    timeout: timeoutMs,
    stripFinalNewline: false,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
  });
  return { exitCode: result.exitCode ?? null, stdout: result.stdout, stderr: result.stderr };
};
