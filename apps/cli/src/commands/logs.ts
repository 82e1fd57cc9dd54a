import { join } from 'node:path';
import { readPrivateFile, stateDirectory } from '@escarp/broker/home';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult, say } from '../cli.js';
import { printable } from '../print/printable.js';

const bytesMax = 100_000_000;

export async function logs(cli: Cli, args: Arguments): Promise<number> {
  const directory = stateDirectory(cli.settings.home);
  const slot = args.count('slot');
  const path = slot === undefined ? directory.log : join(directory.home, 'logs', `chrome-slot-${slot}.log`);
  const found = await readPrivateFile(path, bytesMax);
  if (found === undefined) say(cli, `There is no log ${printable(path)} yet.`);
  const text = found ?? '';
  const lines = text.split('\n').filter((line) => line !== '');
  const tail = lines.slice(Math.max(0, lines.length - (args.count('tail') ?? lines.length)));
  printResult(cli, { path, lines: tail }, tail.map(printable));
  return 0;
}
