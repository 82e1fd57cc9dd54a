import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bashCompletion } from '../../src/completion/bash-completion.js';
import { fishCompletion } from '../../src/completion/fish-completion.js';
import { zshCompletion } from '../../src/completion/zsh-completion.js';
import { sampleCommands } from './sample-commands.js';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

/** What the shell offers where the cursor stands behind the last of these words. */
type Complete = (...words: string[]) => string[];

const viaBash: Complete = (...words) => {
  const script = `${bashCompletion(sampleCommands)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _escarp; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines('bash', ['--norc', '-c', script, 'bash', 'escarp', ...words]);
};

const viaFish: Complete = (...words) => {
  const line = ['escarp', ...words].join(' ');
  const output = lines('fish', [
    '--no-config',
    '-c',
    `${fishCompletion(sampleCommands)}\ncomplete -C '${line}'`,
  ]);
  return output.map((text) => text.split('\t')[0] ?? '');
};

// The completion system of zsh needs a terminal; these functions stand for the ones it would call.
const viaZsh: Complete = (...words) => {
  const script = `compdef() { }; _files() { print FILES }; _default() { }; _message() { }
_describe() { for one in "\${(@P)2}"; do print -r -- "\${one%%:*}"; done }
compadd() { shift; print -l -- "$@" }
${zshCompletion(sampleCommands)}
words=("$@"); CURRENT=$#; _escarp`;
  const last = words.at(-1) ?? '';
  return lines('zsh', ['-f', '-c', script, 'zsh', 'escarp', ...words]).filter((text) =>
    text.startsWith(last),
  );
};

function lines(shell: string, args: string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((text) => text !== '');
}

describe.each([
  ['bash', viaBash],
  ['fish', viaFish],
  ['zsh', viaZsh],
] as const)('completion in %s', (shell, complete) => {
  it.skipIf(!has(shell)).each<[string, string[], string[]]>([
    ['commands', ['s'], ['screenshot', 'setup', 'status']],
    ['commands of a command', ['pool', ''], ['add', 'remove']],
    ['options of a command', ['status', '--'], ['--watch']],
    ['options of a command of a command', ['pool', 'remove', '--f'], ['--force']],
    ['words of a command', ['setup', 'c'], ['codex', 'cursor']],
    ['values of an option', ['setup', 'cursor', '--browser', 'd'], ['devtools']],
    ['no word for a free value', ['acquire', '--holder', 'zzz'], []],
    ['nothing behind --', ['status', '--', 'zzz'], []],
  ])('offers %s', (_, words, expected) => {
    expect(complete(...words).toSorted()).toEqual(expected);
  });
});
