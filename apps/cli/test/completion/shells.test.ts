import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { completionScript } from '../../src/completion/completion-script.js';
import { program } from '../commands/escarp-home.js';

// Every TAB starts the program.
vi.setConfig({ testTimeout: 60_000 });

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

/** A folder in which the shells find the program by its name, as after an installation. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  symlinkSync(program, join(folder, 'escarp'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the shell offers if the cursor is behind the last of these words. */
type Complete = (...words: string[]) => string[];

const viaBash: Complete = (...words) => {
  const script = `${completionScript('bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _escarp_yargs_completions; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines('bash', ['--norc', '-c', script, 'bash', 'escarp', ...words]);
};

const viaFish: Complete = (...words) => {
  const line = ['escarp', ...words].join(' ');
  const output = lines('fish', ['--no-config', '-c', `${completionScript('fish')}\ncomplete -C '${line}'`]);
  return output.map((text) => text.split('\t')[0] ?? '');
};

// The completion system of zsh needs a terminal; these functions stand in for the ones it would call.
const viaZsh: Complete = (...words) => {
  const script = `compdef() { }; _default() { }
_describe() { for one in "\${(@P)2}"; do print -r -- "\${one%%:*}"; done }
${completionScript('zsh')}
words=("$@"); CURRENT=$#; _escarp_yargs_completions`;
  const last = words.at(-1) ?? '';
  return lines('zsh', ['-f', '-c', script, 'zsh', 'escarp', ...words]).filter((text) =>
    text.startsWith(last),
  );
};

function lines(shell: string, args: string[]): string[] {
  const env = { ...process.env, PATH: [folder, process.env['PATH']].join(delimiter) };
  const { stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8', env });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((text) => text !== '');
}

describe.each([
  ['bash', viaBash],
  ['fish', viaFish],
  ['zsh', viaZsh],
] as const)('completion in %s', (shell, complete) => {
  it.skipIf(!has(shell)).each<[string, string[], string[]]>([
    ['commands', ['s'], ['scale', 'screenshot', 'screenshots', 'selftest', 'setup', 'status']],
    ['commands of a command', ['pool', ''], ['add', 'list', 'remove']],
    ['options of a command', ['status', '--w'], ['--watch']],
    ['options that every command takes', ['status', '--v'], ['--verbose']],
    ['options of a command of a command', ['pool', 'remove', '--f'], ['--force']],
    ['no options of the command above', ['daemon', 'stop', '--backg'], []],
    ['words of a command', ['setup', 'c'], ['claude-code', 'codex', 'cursor']],
    ['values of an option', ['setup', 'cursor', '--browser', 'd'], ['devtools']],
    ['no word for a free value', ['acquire', '--holder', 'zzz'], []],
    ['nothing behind --', ['run', '--', '--h'], []],
  ])('offers %s', (_, words, expected) => {
    expect(complete(...words).toSorted()).toEqual(expected);
  });
});

describe('a completion script', () => {
  it.each(['bash', 'zsh', 'fish'] as const)(
    'for %s asks for answers to that shell, whatever the user logs in with',
    (shell) => {
      expect(completionScript(shell)).toContain(`SHELL=${shell} escarp --get-yargs-completions`);
    },
  );
});
