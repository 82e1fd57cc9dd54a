const harmlessAscii = /^[!-~]+$/;
const disruptive = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
// U+2800, the empty Braille pattern, is a symbol for Unicode.
const visible = /(?![\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * Whether a text is one line that is safe to show on a terminal and in a log: no control characters, no line or paragraph
 * separators, nothing that changes the direction of writing, no half of a surrogate pair. It may be empty.
 */
export function isPlainLine(text: string): boolean {
  return harmlessAscii.test(text) || !disruptive.test(text);
}

/** Whether a person can see something of a text: more than white space and characters without a shape of their own. */
export function isVisible(text: string): boolean {
  return harmlessAscii.test(text) || visible.test(text);
}
