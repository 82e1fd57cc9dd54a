import { styleText } from 'node:util';
import type { Terminal } from './terminal.js';

export type Tone = 'strong' | 'quiet' | 'good' | 'bad' | 'careful' | 'accent';

const formats = {
  strong: 'bold',
  quiet: 'dim',
  good: 'green',
  bad: 'red',
  careful: 'yellow',
  accent: 'cyan',
} as const satisfies Record<Tone, string>;

// `terminal` knows where the text goes; newer versions of Node would look at standard output instead.
const trusting = { validateStream: false };

/** Gives `text` a tone if the terminal has colours. The text must be `printable` already. */
export function styled(text: string, tone: Tone | undefined, terminal: Terminal): string {
  if (tone === undefined || !terminal.colours || text === '') return text;
  return styleText(formats[tone], text, trusting);
}

export type Mark = 'good' | 'bad' | 'careful' | 'quiet';

const unicodeMarks: Readonly<Record<Mark, string>> = { good: '✓', bad: '✗', careful: '!', quiet: '·' };
const asciiMarks: Readonly<Record<Mark, string>> = { good: 'ok', bad: 'x', careful: '!', quiet: '-' };

/** A sign in front of a line, in its tone. */
export function mark(kind: Mark, terminal: Terminal): string {
  return styled((terminal.unicode ? unicodeMarks : asciiMarks)[kind], kind, terminal);
}
