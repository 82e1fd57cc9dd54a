import { expect, it } from 'vitest';
import { findTypo } from '../../src/completion/find-typo.js';
import { sampleCommands } from './sample-commands.js';

const typoIn = (line: string) => findTypo(line.split(' '), sampleCommands);

it.each([
  ['statsu', 'command', 'statsu', 'status'],
  ['stauts --watch', 'command', 'stauts', 'status'],
  ['pool ad', 'command', 'ad', 'add'],
  ['status --wacth', 'option', '--wacth', '--watch'],
  ['acquire --holdr=me', 'option', '--holdr=me', '--holder'],
  ['setup cursor --browsers playwright', 'option', '--browsers', '--browser'],
  ['status --jsn', 'option', '--jsn', '--json'],
])('%s: an unknown %s %s, near to %s', (line, kind, word, suggestion) => {
  expect(typoIn(line)).toEqual({ kind, word, suggestion });
});

it('suggests nothing where nothing is near', () => {
  expect(typoIn('frobnicate')).toEqual({ kind: 'command', word: 'frobnicate', suggestion: undefined });
  expect(typoIn('pool xy')?.suggestion).toBeUndefined();
});

it.each([
  'status --watch --json',
  'pool remove 3 --force',
  'acquire --holder statsu',
  'acquire --holder --wacth',
  'setup cursor --browser=devtools --no-browser',
  'status -- --wacth statsu',
  'pool',
])('finds nothing wrong with: %s', (line) => {
  expect(typoIn(line)).toBeUndefined();
});
