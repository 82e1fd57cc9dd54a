import stringWidth from 'string-width';
import type { Terminal } from './terminal.js';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How many columns `text` takes; wide characters and emoji take two, styling none. */
export const widthOf = (text: string): number => stringWidth(text);

/** Fills up with spaces to `width` columns. */
export function padded(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + space : space + text;
}

/** At most `width` columns of unstyled text, with an ellipsis where something is missing. */
export function shortened(text: string, width: number, terminal: Terminal): string {
  if (widthOf(text) <= width) return text;
  const ellipsis = terminal.unicode ? '…' : '..';
  if (width <= ellipsis.length) return ellipsis.slice(0, width);
  return `${head(text, width - ellipsis.length)}${ellipsis}`;
}

/** Breaks unstyled text into lines of at most `width` columns, between words where it can. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (widthOf(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = broken(word, width);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return [...lines, line];
}

function broken(word: string, width: number): string[] {
  const pieces: string[] = [];
  for (let rest = word; rest !== '';) {
    const piece = head(rest, width);
    if (piece === '') {
      // Not even one character fits, as a wide one in a single column.
      const [first] = segmenter.segment(rest);
      pieces.push('?'.slice(0, Math.max(1, width)));
      rest = rest.slice(first?.segment.length ?? rest.length);
    } else {
      pieces.push(piece);
      rest = rest.slice(piece.length);
    }
  }
  return pieces;
}

/** The longest beginning that takes at most `width` columns, never half a character. */
function head(text: string, width: number): string {
  let kept = '';
  let left = width;
  for (const { segment } of segmenter.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return kept;
}
