import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Definition } from '../../src/definition.js';
import { program } from '../../src/definitions.js';
import { parse } from '../../src/parse.js';
import type { EscarpHome, Said } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';
import { runHere } from './run-here.js';

// Separate processes, on machines that have other things to do.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let home: EscarpHome;
beforeAll(async () => {
  // Neither a daemon nor a browser.
  home = await makeEscarpHome(1, { ESCARP_CFT_BINARY: '/nowhere/chrome' });
});
afterAll(() => home.remove());

/** With the complaint and the line after it apart from what was said before. */
function shownBy(said: Said): object {
  const complaint = said.stderr.slice(said.stderr.search(/^x /m)).split('\n');
  const hasStack = /^ +at /m.test(said.stderr);
  const hasBegun = /^(Starting|Launching|Waiting|Sign in)/m.test(said.stderr);
  return { ...said, complaint: complaint[0], nextStep: complaint[1], hasStack, hasBegun };
}

function refusal(exitCode: number, sentence: string): object {
  return {
    exitCode,
    stdout: '',
    stderr: expect.stringContaining(sentence),
    complaint: expect.stringMatching(/^x \S.*[.?]$/),
    nextStep: expect.stringMatching(/^ {2}\S/),
    hasStack: false,
    // A command that was not understood begins nothing.
    ...(exitCode === 2 && { hasBegun: false }),
  };
}

describe('a command line that cannot be understood', () => {
  it.each([
    [['statsu'], 'There is no command statsu. Did you mean status?'],
    [['status', '--wacth'], 'There is no option --wacth. Did you mean --watch?'],
    [['status', '-x'], 'There is no option -x.'],
    [['status', 'now'], 'status takes no "now".'],
    [['status', '--watch=yes'], '--watch takes no value.'],
    [['pool'], 'Say what to do: escarp pool takes one of add, remove, list.'],
    [['setup'], 'setup needs a client: one of claude-code, codex, cursor, vscode, gemini, agents-md.'],
    [['setup', 'emacs'], 'The client cannot be "emacs"; it is one of claude-code'],
    [['acquire', '--slot', 'x'], '--slot must be a number, not "x".'],
    [['acquire', '--holder', '--hold'], '--holder needs a value.'],
    [['up', '--pool-size', '0'], '--pool-size must be a whole number from 1 to 64.'],
    [['up', '--headless', '--headed'], '--headless and --headed exclude each other.'],
    [['up', '--tier', 'x'], '--tier cannot be "x"; it is one of autonomous'],
    [['scale', '0'], 'The size must be a whole number from 1 to 64.'],
    [['logs', '--tail', '-1'], '--tail must be a whole number, 0 or more.'],
    [['view', '-1'], 'There is no option -1.'],
    [['up', '--headed', '--displays'], '--headed and --displays exclude each other.'],
    [['login', 'a', '--url', 'shop.example'], '--url must be an address, not "shop.example".'],
    [['run'], 'Say what to run, after two dashes.'],
    [['login', 'a', '--url', 'http://a', '--timeout', '0s'], '--timeout must be 1 or more.'],
    [['login', 'a', '--url', 'http://a', '--shared', '65'], '--shared must be 64 or less.'],
    [['ask', 'why', '--timeout', '0'], '--timeout must be 1 or more.'],
    [['ask', 'x'.repeat(501)], 'The reason must have at most 500 bytes.'],
    [['mcp', 'playwright'], 'mcp takes no "playwright" before the two dashes.'],
    [['run', 'node'], 'run takes no "node" before the two dashes.'],
    [['run', '--', ''], 'The command after the two dashes is empty.'],
  ])('%j ends with 2 and says: %s', async (args, sentence) => {
    expect(shownBy(await runHere(home, args))).toMatchObject(refusal(2, sentence));
  });
});

describe('a command that cannot be carried out', () => {
  it.each([
    [['statsu'], 2, 'There is no command statsu. Did you mean status?'],
    [['logins', 'import', '/nowhere/x'], 2, '/nowhere/x cannot be read: there is no such file.'],
    [['release'], 2, 'No daemon answers.'],
    [['docs', 'nothing'], 2, 'There is no page nothing.'],
    [['status'], 2, 'No daemon answers.'],
    [['acquire'], 2, 'No daemon answers.'],
    [['up'], 7, '/nowhere/chrome'],
    [['launch-pool'], 7, '/nowhere/chrome'],
    [['demo', '--once'], 7, '/nowhere/chrome'],
    [['install-browser'], 7, '/nowhere/chrome'],
  ])('%j ends with %i and says: %s', async (args, exitCode, sentence) => {
    expect(shownBy(await home.run(args))).toMatchObject(refusal(exitCode, sentence));
  });

  it.each([
    ['a file', 'file', /is not a directory/],
    ['below a file', 'file/below', /part of the path is a file/],
    ['a link to nothing', 'dangling', /symbolic link to nothing/],
  ])('says so if ESCARP_HOME is %s', async (_, name, why) => {
    const folder = join(home.path, '..', 'places');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'file'), '');
    await symlink('nothing', join(folder, 'dangling')).catch(() => {});
    const env = { ESCARP_HOME: join(folder, name) };
    const said = await home.run(['log'], env);
    expect(said).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(why) });
    expect(said.stderr).toContain('Set ESCARP_HOME to');
    expect(await home.run(['doctor'], env)).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(why),
    });
  });

  it('says which configured browser cannot be executed, a folder among them', async () => {
    for (const path of ['/nowhere/chrome', home.path]) {
      const { stdout } = await home.run(['doctor'], { ESCARP_CFT_BINARY: path });
      expect(stdout).toContain(`The configured browser ${path} cannot be executed.`);
      expect(stdout).not.toContain('Please report this.');
    }
  });

  it('leases nothing if ESCARP_LEASES_FILE cannot be written', async () => {
    const env = { ESCARP_LEASES_FILE: '/dev/null/leases.json' };
    const said = await home.run(['acquire'], env);
    expect(said).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('ESCARP_LEASES_FILE') });
    expect(said.stderr).not.toContain('No daemon answers');
  });

  it('tells what is not there from words it does not understand', async () => {
    const nowhere = ['report', '--html', '/nowhere/report.html'];
    expect(await home.run(nowhere)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('there is no such folder'),
    });
    expect(await home.run(['screenshots', 'keep', '0'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no screenshots of slot 0'),
    });
  });

  it('has no history to tell where nothing has happened yet', async () => {
    const nothing = { exitCode: 0, stdout: '', stderr: 'Nothing has happened yet.' };
    const fresh = { ESCARP_HOME: join(home.path, 'fresh') };
    expect(await home.run(['log'], fresh)).toEqual(nothing);
    expect(await home.json(['log'], fresh)).toEqual({ events: [] });
    expect(await home.run(['log', '--slot', '7'], fresh)).toMatchObject({
      stderr: 'Nothing has happened in slot 7 yet.',
    });
    expect(await home.run(['logs', '--slot', '7'], fresh)).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('chrome-slot-7.log yet.'),
    });
  });

  it('names the variable that leads to no daemon', async () => {
    expect(await home.run(['status'], { ESCARP_BROKER_URL: 'http://127.0.0.1:9' })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('ESCARP_BROKER_URL is http://127.0.0.1:9: correct it'),
    });
  });

  it('has the code of the program that it could not start', async () => {
    // Any program does for a browser: none is started.
    const open = { ESCARP_API_HOST: '0.0.0.0', ESCARP_CFT_BINARY: process.execPath };
    expect(await home.json(['daemon', '--background'], open)).toMatchObject({ error: 'token_required' });
    expect(await home.run(['daemon', '--background'], open)).toMatchObject({ exitCode: 2 });
  });

  it('shows where it failed with --verbose', async () => {
    const { stderr } = await home.run(['status', '--verbose']);
    expect(stderr).toMatch(/^ +at /m);
  });

  it.each([
    ['ESCARP_POOL_SIZE', 'many', 2],
    ['ESCARP_API_PORT', '123456', 2],
    ['ESCARP_RESET', 'sometimes', 2],
  ])('names the variable %s if it is %s', async (name, value, exitCode) => {
    const { stderr, ...said } = await home.run(['status'], { [name]: value });
    expect(said.exitCode).toBe(exitCode);
    expect(stderr).toContain(`${name} is "${value}"`);
    expect(stderr).toContain(`Set ${name} to`);
  });

  it('leaves nothing half done if there can be no state directory', async () => {
    const blocked = join(home.path, '..', 'file');
    await writeFile(blocked, '');
    for (const command of ['up', 'launch-pool', 'daemon', 'install-browser']) {
      const { exitCode, stdout } = await home.run([command, '--json'], {
        ESCARP_HOME: join(blocked, 'home'),
      });
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ error: 'state_directory_unusable' });
    }
    expect(await readdir(join(home.path, '..'))).not.toContain('home');
  });
});

const isRefusal = ({ error, message }: Record<string, unknown>): boolean =>
  typeof error === 'string' && /^[a-z_]+$/.test(error) && typeof message === 'string';

/** The program's arguments if a shell runs this line, which may contain the program in the middle. */
function wordsOf(line: string): string[] {
  const [, words = ''] = /escarp ((?:"[^"]*"|[^")])+)/.exec(line) ?? [];
  return [...words.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

/** The path to every command from here on down. */
function below(path: readonly Definition[]): Definition[][] {
  return [[...path], ...(path.at(-1)?.commands ?? []).flatMap((one) => below([...path, one]))];
}

describe('--json', () => {
  const words = (path: readonly Definition[]): string[] => {
    const { positional, takesCommand } = path.at(-1) ?? {};
    const argument = positional?.required === true ? [positional.choices?.[0] ?? '1'] : [];
    return [
      ...path.slice(1).map(({ name }) => name),
      ...argument,
      '--json',
      ...(takesCommand ? ['--', 'true'] : []),
    ];
  };
  // Standard output of this command belongs to its client.
  const all = below([program])
    .map(words)
    .filter(([name]) => name !== 'mcp');

  it.each(all.map((args) => [args.join(' '), args] as const))(
    '%s prints one document and nothing else',
    async (_, args) => {
      const { stdout, stderr, exitCode } = await home.run(args);
      const document: Record<string, unknown> = JSON.parse(stdout);
      const explained = exitCode === 0 || 'findings' in document || isRefusal(document);
      expect(explained).toBe(true);
      expect(stderr).toBe('');
    },
  );

  it('also for help and the version', async () => {
    expect(await home.json(['--version'])).toEqual({ version: expect.any(String) });
    expect(await home.json(['acquire', '--help'])).toMatchObject({ usage: 'escarp acquire [options]' });
  });
});

describe('help', () => {
  it.each(['acquire', 'run', 'setup', 'status'])(
    'of %s shows how it is used, with an example',
    async (name) => {
      const { stdout, exitCode } = await runHere(home, [name, '-h']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`escarp ${name}`);
      expect(stdout).toContain('Examples:');
    },
  );

  it('has an example for every command, which the command understands', () => {
    const paths = below([program]);
    expect(paths.length).toBeGreaterThan(25);
    for (const path of paths) {
      const name = path.map((one) => one.name).join(' ');
      const examples = path.at(-1)?.examples ?? [];
      expect(examples, name).not.toEqual([]);
      for (const [line, meaning] of examples) {
        expect(meaning, line).not.toBe('');
        expect(parse(wordsOf(line), program).path, line).toEqual(expect.arrayContaining(path));
      }
    }
  });

  it('has each command once', () => {
    const names = below([program]).map((path) => path.map(({ name }) => name).join(' '));
    expect(names).toEqual([...new Set(names)]);
  });

  it('lists every command', async () => {
    const { stdout } = await home.run(['--help']);
    for (const { name, summary } of program.commands ?? []) {
      expect(stdout).toContain(`  ${name} `);
      expect(stdout).toContain(summary);
    }
  });
});
