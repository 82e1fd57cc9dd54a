import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorTable, errorWords, isErrorCode } from '@escarp/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Definition } from '../../src/definition.js';
import { commonOptions } from '../../src/definition.js';
import { program } from '../../src/definitions.js';
import type { EscarpHome } from './escarp-home.js';
import { keepsBrowsers, makeEscarpHome, untilPrinted } from './escarp-home.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

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

describe('what up suggests', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  let next: Map<string, string[]>;
  beforeAll(async () => {
    home = await makeEscarpHome(1, keepsBrowsers);
    const { stdout } = await home.run(['up']);
    const lines = stdout.slice(stdout.indexOf('Next:')).split('\n').slice(1);
    const commands = lines.map((line) => /\bescarp (.*?) {2,}/.exec(line)?.[1]?.split(' ') ?? []);
    next = new Map(commands.map((words) => [words[0] ?? '', words]));
  });
  afterAll(() => home.remove());
  const words = (name: string): string[] => next.get(name) ?? [];

  it('is tried here in full', () => {
    expect([...next.keys()].toSorted()).toEqual(['acquire', 'run', 'setup', 'status']);
  });

  it('holds a slot until it is interrupted', async () => {
    const holding = home.start(words('acquire'));
    await untilPrinted(holding, 'stderr', /Holding slot \d/);
    holding.child.kill('SIGINT');
    expect(await holding.ended).toMatchObject({ exitCode: 130 });
  });

  it('gives a script the browser that it leases', async () => {
    const folder = join(home.path, '..', 'work');
    await mkdir(folder);
    await writeFile(
      join(folder, 'script.js'),
      `fetch(process.argv[2].replace(/^ws/, 'http').replace(/devtools.*/, 'json/version'))
        .then((reply) => reply.json()).then(({ webSocketDebuggerUrl }) => console.log(webSocketDebuggerUrl === process.argv[2]))`,
    );
    expect(await home.run(words('run'), {}, folder)).toMatchObject({ exitCode: 0, stdout: 'true' });
  });

  it('registers with an agent', async () => {
    const user = join(home.path, '..', 'user');
    await mkdir(user);
    await writeFile(join(user, '.claude.json'), '{}');
    const said = await home.run(words('setup'), { HOME: user, PATH: user });
    expect(said).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('escarp answers with') });
  });

  it('shows the table, live', async () => {
    const watching = home.start(words('status'));
    await untilPrinted(watching, 'stdout', /SLOT/);
    watching.child.kill('SIGINT');
    expect(await watching.ended).toMatchObject({ exitCode: 130 });
  });
});
