/**
 * One line that is safe to show on a terminal and in a log: no control characters, no line or paragraph separators,
 * nothing that changes the direction of writing, no half of a surrogate pair. It may be empty.
 */
export const plainLine = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u;

/**
 * Text of which a person can see something: more than white space and characters without a shape of their own. U+2800,
 * the empty Braille pattern, is a symbol for Unicode.
 */
export const visibleText = /(?![\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{N}\p{P}\p{S}]/u;

const harmlessAscii = /^[!-~]+$/;

/** Whether a text can name somebody or something: one plain line in which there is something to see. */
export function isReadableName(text: string): boolean {
  return harmlessAscii.test(text) || (plainLine.test(text) && visibleText.test(text));
}

/** Whether every object has this name, so that a record that uses it is misread or cut on the way. */
export function isInheritedName(name: string): boolean {
  return name in Object.prototype || name === 'prototype';
}
