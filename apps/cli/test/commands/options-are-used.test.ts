import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../../src/definition.js';
import { commonOptions } from '../../src/definition.js';
import { program } from '../../src/definitions.js';

const source = fileURLToPath(new URL('../../src/', import.meta.url));

/** Every command with its path. */
function below(path: readonly Definition[]): Definition[][] {
  return [[...path], ...(path.at(-1)?.commands ?? []).flatMap((one) => below([...path, one]))];
}

/**
 * The module that carries out a command: the one that its definition loads, or for the quick ones the one named after
 * it.
 */
function moduleOf({ name, run }: Definition): string {
  // A function with a name of its own is the command itself.
  const loaded = run?.name === 'run' ? /\/commands\/([\w-]+)\.[jt]s/.exec(String(run))?.[1] : undefined;
  return join(source, 'commands', `${loaded ?? name}.ts`);
}

/** The text of the module, and of the modules to which it passes its arguments. */
async function readingText(path: string, seen = new Set<string>()): Promise<string> {
  if (seen.has(path)) return '';
  seen.add(path);
  const text = await readFile(path, 'utf8');
  if (!text.includes('args: Arguments')) return '';
  const imports = [...text.matchAll(/(?:from |import\()'(\.[^']+)\.js'/g)].map(([, name = '']) =>
    resolve(dirname(path), `${name}.ts`),
  );
  const more = await Promise.all(imports.map((one) => readingText(one, seen)));
  return [text, ...more].join('\n');
}

/** `args.flag('x')`, `within(args, 'x', …)`, and `args.slot()` for the one that has a method of its own. */
function isRead(name: string, text: string): boolean {
  return (
    new RegExp(`\\bargs(?:\\.\\w+\\(|, )'${name}'`).test(text) ||
    (name === 'slot' && text.includes('args.slot()'))
  );
}

describe('an option', () => {
  const commands = below([program]).filter((path) => path.at(-1)?.run !== undefined);
  const all = commands.flatMap((path) => {
    const command = path.at(-1) ?? program;
    const { options = [], positional } = command;
    const names = path
      .slice(1)
      .map(({ name }) => name)
      .join(' ');
    const said = options.map(
      ({ name, isKeptForScripts }) => [names, name, command, isKeptForScripts] as const,
    );
    return positional === undefined ? said : [...said, [names, positional.name, command, undefined] as const];
  });

  it('exists to be looked at', () => expect(all.length).toBeGreaterThan(60));

  it.each(all.filter(([, , , isKept]) => isKept !== true))(
    'of %s called %s is read by its code',
    async (_, name, command) => {
      // The program's completions are produced by the program itself.
      expect(isRead(name, await readingText(moduleOf(command)))).toBe(true);
    },
  );

  it.each(all.filter(([, , , isKept]) => isKept === true))(
    'of %s called %s says that it has no effect',
    (_, name, command) => {
      const summary = command.options?.find((one) => one.name === name)?.summary;
      expect(summary).toMatch(/^No effect: /);
    },
  );

  it.each(commands.map((path) => [path.map(({ name }) => name).join(' '), path.at(-1) ?? program] as const))(
    'of %s goes with and against options that there are',
    (_, { options = [] }) => {
      const names = [...options, ...commonOptions].map(({ name }) => name);
      for (const { conflicts = [], needs } of options) {
        expect(names).toEqual(
          expect.arrayContaining([...conflicts, ...(needs === undefined ? [] : [needs])]),
        );
      }
    },
  );
});
