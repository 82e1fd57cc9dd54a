import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { markdownLines } from '../print/markdown.js';
import { UsageError } from '../usage-error.js';

/** The pages that come with this version, so that they describe it correctly. */
const folder = fileURLToPath(new URL('./docs/', import.meta.url));

export async function docs(cli: Cli, args: Arguments): Promise<number> {
  const topics = (await readdir(folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => basename(name, '.md'));
  const topic = args.text('topic');
  if (topic === undefined) {
    printResult(cli, { topics }, [
      'Topics, each shown by escarp docs <topic>:',
      ...topics.map((name) => `  ${name}`),
    ]);
    return 0;
  }
  if (!topics.includes(topic)) {
    throw new UsageError(`There is no page ${topic}.`, `There are: ${topics.join(', ')}.`);
  }
  const text = await readFile(join(folder, `${topic}.md`), 'utf8');
  const isTerminal = Number.isFinite(cli.terminal.columns);
  printResult(cli, { topic, text }, isTerminal ? markdownLines(text, cli.terminal) : [text.trimEnd()]);
  return 0;
}
