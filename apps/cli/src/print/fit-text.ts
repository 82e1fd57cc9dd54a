import { eastAsianWidth } from 'get-east-asian-width';
import type { Terminal } from './terminal.js';

const plain = /^[\u0020-\u007e]*$/;

/** How many columns unstyled `text` takes; wide characters and emoji take two. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  return graphemes(text).reduce((width, grapheme) => width + graphemeWidth(grapheme), 0);
}

let segmenter: Intl.Segmenter | undefined;

/** Made at first need: it takes a fifth of the time in which Node starts, and most text is plain. */
function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

// A variation selector asks for the picture of a character that is text by itself.
const emoji = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\u20e3/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return emoji.test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0) ?? 0);
}

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

/** The same with what is missing taken out of the middle: of `alice@shop-fix-login` the end tells most. */
export function shortenedInside(text: string, width: number, terminal: Terminal): string {
  if (widthOf(text) <= width) return text;
  const kept = shortened(text, Math.ceil(width / 2), terminal);
  let end = '';
  for (const piece of graphemes(text).toReversed()) {
    if (widthOf(kept) + widthOf(piece + end) > width) break;
    end = piece + end;
  }
  return kept + end;
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
      const [first = rest] = graphemes(rest);
      pieces.push('?');
      rest = rest.slice(first.length);
    } else {
      pieces.push(piece);
      rest = rest.slice(piece.length);
    }
  }
  return pieces;
}

/** The longest beginning that takes at most `width` columns, never half a character. */
function head(text: string, width: number): string {
  if (plain.test(text)) return text.slice(0, Math.max(0, width));
  let kept = '';
  let left = width;
  for (const grapheme of graphemes(text)) {
    left -= graphemeWidth(grapheme);
    if (left < 0) break;
    kept += grapheme;
  }
  return kept;
}
