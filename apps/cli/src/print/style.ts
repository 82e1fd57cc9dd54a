import type { Terminal } from './terminal.js';

export type Tone = 'strong' | 'quiet' | 'good' | 'bad' | 'careful' | 'accent';

const codes: Readonly<Record<Tone, readonly [on: number, off: number]>> = {
  strong: [1, 22],
  quiet: [2, 22],
  good: [32, 39],
  bad: [31, 39],
  careful: [33, 39],
  accent: [36, 39],
};

/** Gives `text` a tone where the terminal has colours. The text must be `printable` already. */
export function styled(text: string, tone: Tone | undefined, terminal: Terminal): string {
  if (tone === undefined || !terminal.colours || text === '') return text;
  const [on, off] = codes[tone];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

export type Mark = 'good' | 'bad' | 'careful' | 'quiet';

const unicodeMarks: Readonly<Record<Mark, string>> = { good: '✓', bad: '✗', careful: '!', quiet: '·' };
const asciiMarks: Readonly<Record<Mark, string>> = { good: 'ok', bad: 'x', careful: '!', quiet: '-' };

/** A sign in front of a line, in its tone. */
export function mark(kind: Mark, terminal: Terminal): string {
  return styled((terminal.unicode ? unicodeMarks : asciiMarks)[kind], kind, terminal);
}
