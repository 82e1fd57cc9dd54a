/** Names of which a person sees nothing, or that change how what stands around them is shown. */
export const unreadableNames: readonly string[] = [
  '',
  ' ',
  '\u00a0\u2003\u3000',
  '\t',
  '\u200b',
  '\u200c\u200d\u2060',
  '\ufeff',
  '\u00ad',
  '\u3164\u115f',
  '\u2800',
  '\u200f',
  '\u200e\u200e',
  '\u061c',
  'a\u200fb',
  'a\u202eb',
  'a\u2066b\u2069',
  'two\nlines',
  'a\u2028b',
  'a\u0000b',
  '\u001b[31m',
  'half \ud800',
];

/** Names that people have, in their own writing. */
export const readableNames: readonly string[] = [
  'a b',
  '0',
  '*',
  '語',
  'שלום',
  'مرحبا',
  'می\u200cخواهم',
  '👩\u200d🔧',
  '__proto__',
];

/** Names that every object has, and one that is treated as if. */
export const inheritedNames: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
];
