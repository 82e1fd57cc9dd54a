import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/print/printable.js';

const esc = '\u001b';

describe('printable', () => {
  it.each([
    ['a colour', `${esc}[31mred`, String.raw`\x1b[31mred`],
    ['a window title', `${esc}]0;owned\u0007`, String.raw`\x1b]0;owned\x07`],
    ['a one-byte control sequence', '\u009b2J', String.raw`\x9b2J`],
    ['a new line', 'one\ntwo\r\tthree', String.raw`one\ntwo\r\tthree`],
    ['text turned around', 'abc\u202Efed', String.raw`abc\u202efed`],
    ['half a character', 'x\ud83dy', String.raw`x\ud83dy`],
  ])('shows %s instead of obeying it', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('leaves every other text alone', () => {
    const text = 'Zoë, 山田, 👩‍💻, "quotes" & back\\slashes';
    expect(printable(text)).toBe(text);
  });

  it('lets no control character through, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/\p{Cc}|\p{Cs}|\u202e/u);
      }),
    );
  });
});
