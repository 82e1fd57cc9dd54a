import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { readOwnFile } from '../own-files/read-own-file.js';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { UsageError } from '../usage-error.js';

const bytesMax = 10_000;

/**
 * The passphrase of an archive, from a file or typed at the terminal; never from the command line, which everybody can
 * read.
 */
export async function askPassphrase(cli: Cli, args: Arguments): Promise<string> {
  const file = args.text('passphrase-file');
  if (file !== undefined) return (await readOwnFile(file, bytesMax)).toString('utf8').replace(/\r?\n$/, '');
  if (!process.stdin.isTTY) {
    throw new UsageError('There is no terminal to ask for a passphrase at.', 'Pass --passphrase-file FILE.');
  }
  cli.stderr.write('Passphrase: ');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await lines.question('', { signal: cli.interrupted });
  } finally {
    lines.close();
    cli.stderr.write('\n');
  }
}
