import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Terminal } from './terminal.js';

/** Fills up with spaces to `width` columns. */
export function padded(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** At most `width` columns of unstyled text, with an ellipsis in place of what is missing. */
export function shortened(text: string, width: number, terminal: Terminal): string {
  if (stringWidth(text) <= width) return text;
  const ellipsis = terminal.unicode ? '…' : '..';
  if (width <= ellipsis.length) return ellipsis.slice(0, width);
  return `${head(text, width - ellipsis.length)}${ellipsis}`;
}

/** The same with the middle left out: the end of `alice@shop-fix-login` says the most. */
export function shortenedInside(text: string, width: number, terminal: Terminal): string {
  if (stringWidth(text) <= width) return text;
  const kept = shortened(text, Math.ceil(width / 2), terminal);
  let end = '';
  for (const { segment } of [...new Intl.Segmenter().segment(text)].toReversed()) {
    if (stringWidth(kept + segment + end) > width) break;
    end = segment + end;
  }
  return kept + end;
}

/** The longest beginning that takes at most `width` columns, never half a character. */
function head(text: string, width: number): string {
  const [line = ''] = wrapAnsi(text, width, { hard: true, trim: false, wordWrap: false }).split('\n');
  return stringWidth(line) <= width ? line : '';
}
