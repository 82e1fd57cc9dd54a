import * as v from 'valibot';

/**
 * One line of text that is safe to show on a terminal and in a log: no control characters (C0, DEL, C1), no line or
 * paragraph separators, no bidirectional overrides, no half of a surrogate pair.
 */
const unsafe = String.raw`\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069`;
const oneLine = new RegExp(String.raw`^(?:[^${unsafe}\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$`);

const unsafeUnits = new RegExp(`[${unsafe}]|\\p{Surrogate}`, 'gu');

/** A stranger's text as it can be repeated in a message. */
export const repeatable = (text: string): string => text.replaceAll(unsafeUnits, '\ufffd');

/** A non-empty label of at most so many bytes in UTF-8. */
const plainText = (bytesMax: number) =>
  v.pipe(
    v.string('must be a string'),
    v.nonEmpty('must not be empty'),
    v.maxBytes(bytesMax, `must have at most ${bytesMax} bytes`),
    v.regex(oneLine, 'must be one line without control characters'),
  );

/**
 * What follows is bounded in bytes, because it is kept, journaled and shown for as long as a lease lives, and longer.
 * Each of these is in an event twice at the most, which therefore is far below the longest record of a journal.
 */
const textBytesMax = { name: 200, secret: 512, labelKey: 63, labelValue: 200, labels: 2_048 } as const;

export const name = plainText(textBytesMax.name);
export const secret = plainText(textBytesMax.secret);

const labelsMax = 32;
const labelsMessage = `must have at most ${textBytesMax.labels} bytes in all`;

export const labels = v.pipe(
  v.record(
    plainText(textBytesMax.labelKey),
    v.pipe(
      v.string('must be a string'),
      v.maxBytes(textBytesMax.labelValue, `must have values of at most ${textBytesMax.labelValue} bytes`),
      v.regex(oneLine, 'must have values of one line without control characters'),
    ),
  ),
  v.maxEntries(labelsMax, `must have at most ${labelsMax} labels`),
  v.check((given) => bytesIn(given) <= textBytesMax.labels, labelsMessage),
);

function bytesIn(given: Readonly<Record<string, string>>): number {
  const encoder = new TextEncoder();
  return Object.entries(given).reduce((sum, pair) => sum + encoder.encode(pair.join('')).length, 0);
}
