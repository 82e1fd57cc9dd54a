import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorTable, errorWords, isErrorCode } from '@escarp/contract';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../../src/definition.js';
import { commonOptions } from '../../src/definition.js';
import { program } from '../../src/definitions.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Commands in a text: what follows the program's name, as far as it can belong to a command. */
function commandsIn(text: string): string[][] {
  return [...text.matchAll(/\bescarp((?: (?:--)?[a-z][a-z-]*)+)/g)].map(([, words = '']) =>
    words.trim().split(' '),
  );
}

/** The part of a suggested command that is not understood; in the middle of a sentence other words may follow it. */
function misunderstood(words: readonly string[]): string[] {
  let command: Definition = program;
  const rest = [...words];
  for (;;) {
    const next = command.commands?.find(({ name }) => name === rest[0]);
    if (next === undefined) break;
    command = next;
    rest.shift();
  }
  const known = new Set(
    [...commonOptions, ...(command.options ?? [])].flatMap(({ name }) => [name, `no-${name}`]),
  );
  const strange = rest.filter((word) => word.startsWith('--') && !known.has(word.slice(2)));
  return command === program && !words.every((word) => word.startsWith('--')) ? [...words] : strange;
}

const shown = (text: string): string[] => [
  ...[...text.matchAll(/^```(?:sh|text|console)\n([^]*?)^```$/gm)].map(([, block = '']) => block),
  ...[...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
];

/** Every source file of every package and app. */
async function sources(): Promise<string[]> {
  const parents = [join(root, 'apps'), join(root, 'packages')];
  const homes = await Promise.all(
    parents.map(async (parent) => (await readdir(parent)).map((name) => join(parent, name, 'src'))),
  );
  const found = homes.flat().map(async (folder) => {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    return names.filter((name) => /\.tsx?$/.test(name)).map((name) => join(folder, name));
  });
  return (await Promise.all(found)).flat();
}

describe('a suggested command', () => {
  it('in the table of errors exists', () => {
    const hints = Object.keys(errorTable)
      .filter(isErrorCode)
      .map((code) => errorWords(code, 'cli').hint);
    const commands = hints.flatMap(commandsIn);
    expect(commands.length).toBeGreaterThan(15);
    expect(commands.filter((words) => misunderstood(words).length > 0)).toEqual([]);
  });

  it('in the documentation exists, with its options', async () => {
    const names = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));
    const pages = [
      join(root, 'README.md'),
      join(root, 'SECURITY.md'),
      ...names.map((name) => join(root, 'docs', name)),
    ];
    const texts = await Promise.all(pages.map((page) => readFile(page, 'utf8')));
    const commands = texts.flatMap(shown).flatMap(commandsIn);
    expect(commands.length).toBeGreaterThan(80);
    expect(commands.filter((words) => misunderstood(words).length > 0)).toEqual([]);
  });

  it('in the source of any program takes the options that it names', async () => {
    const texts = await Promise.all((await sources()).map((path) => readFile(path, 'utf8')));
    const names = new Set(program.commands?.map(({ name }) => name));
    const commands = texts.flatMap(commandsIn).filter(([name = '']) => names.has(name));
    expect(commands.length).toBeGreaterThan(100);
    expect(commands.filter((words) => misunderstood(words).length > 0)).toEqual([]);
  });

  it('is refused by this test if it does not exist', () => {
    expect(misunderstood(['up', '--disply'])).toEqual(['--disply']);
    expect(misunderstood(['upp'])).toEqual(['upp']);
    expect(misunderstood(['down', '--force', 'ends', 'it'])).toEqual([]);
  });
});
