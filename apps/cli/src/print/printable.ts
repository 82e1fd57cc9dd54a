// Control characters, line and paragraph separators, bidirectional controls, and lone halves of surrogate pairs.
const unsafe = /\p{Cc}|\p{Cs}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const named: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
};

/**
 * One line that is safe on a terminal: whatever could move the cursor, change colour or title, or reorder the text is
 * shown as a backslash escape instead. Everything that came from a page, a peer or a file passes through here.
 */
export function printable(text: string): string {
  return text.replaceAll(unsafe, (character) => named[character] ?? escaped(character.charCodeAt(0)));
}

/** The same for text of several lines, such as the end of a log; each remains a line of its own. */
export function printableLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => printable(line.trimEnd()))
    .filter((line) => line !== '');
}

/** The same on one line, if there is no room for more. */
export function printableLine(text: string): string {
  return printableLines(text).join(' / ');
}

/**
 * JSON that is safe on a terminal. JSON.stringify escapes only C0 controls; the other characters that `printable`
 * escapes are written as JSON escapes here, so the value is unchanged.
 */
export function printableJson(document: unknown): string {
  const text = JSON.stringify(document, null, 2);
  return text.replaceAll(unsafe, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function escaped(code: number): string {
  const digits = code.toString(16);
  return code <= 0xff ? `\\x${digits.padStart(2, '0')}` : `\\u${digits.padStart(4, '0')}`;
}
