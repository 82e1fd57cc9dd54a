import { describe, expect, it } from 'vitest';
import { mark, styled } from '../../src/print/style.js';
import { terminalOf } from '../../src/print/terminal.js';

const env = { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' };

describe('what a terminal can do', () => {
  it('has colours, Unicode and a width', () => {
    expect(terminalOf({ isTTY: true, columns: 100 }, env)).toEqual({
      columns: 100,
      colours: true,
      unicode: true,
    });
  });

  it('is nothing in a pipe, and lines there have no end', () => {
    expect(terminalOf({ columns: 100 }, env)).toEqual({ columns: Infinity, colours: false, unicode: false });
  });

  it('has no colours where NO_COLOR is set, but keeps Unicode', () => {
    expect(terminalOf({ isTTY: true, columns: 0 }, { ...env, NO_COLOR: '1' })).toEqual({
      columns: 80,
      colours: false,
      unicode: true,
    });
    expect(terminalOf({ isTTY: true }, { ...env, NO_COLOR: '' }).colours).toBe(true);
  });

  it('is plain where the terminal is dumb or the locale is not UTF-8', () => {
    expect(terminalOf({ isTTY: true }, { ...env, TERM: 'dumb' })).toMatchObject({
      colours: false,
      unicode: false,
    });
    expect(terminalOf({ isTTY: true }, { ...env, LC_ALL: 'C' }).unicode).toBe(false);
  });
});

describe('style', () => {
  it('adds nothing where there are no colours', () => {
    const plain = terminalOf({}, env);
    expect(styled('free', 'good', plain)).toBe('free');
    expect(mark('good', plain)).toBe('ok');
  });

  it('ends what it begins', () => {
    expect(styled('free', 'good', terminalOf({ isTTY: true }, env))).toBe('\u001b[32mfree\u001b[39m');
  });
});
