import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Breaks unstyled text into lines of at most `width` columns, between words if possible; `Infinity` breaks nothing. */
export function wrapped(text: string, width: number): string[] {
  if (stringWidth(text) <= width) return [text];
  // Not even one character fits if a wide one meets a single column.
  return wrapAnsi(text, width, { hard: true })
    .split('\n')
    .map((line) => (stringWidth(line) <= width ? line : '?'));
}
