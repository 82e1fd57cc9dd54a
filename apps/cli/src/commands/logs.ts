import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateDirectory } from '@escarp/daemon/home';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { printable } from '../print/printable.js';

export async function logs(cli: Cli, args: Arguments): Promise<number> {
  const directory = stateDirectory(cli.settings.home);
  const slot = args.number('slot');
  const path = slot === undefined ? directory.log : join(directory.home, 'logs', `chrome-slot-${slot}.log`);
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  const tail = lines.slice(-(args.number('tail') ?? lines.length));
  printResult(cli, { path, lines: tail }, tail.map(printable));
  return 0;
}
