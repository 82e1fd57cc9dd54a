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

/** A non-empty label of at most `charsMax` UTF-16 units. */
export const plainText = (charsMax: number) =>
  v.pipe(
    v.string('must be a string'),
    v.nonEmpty('must not be empty'),
    v.maxLength(charsMax, `must have at most ${charsMax} characters`),
    v.regex(oneLine, 'must be one line without control characters'),
  );

/** What follows is bounded, because these labels are kept, journaled and shown for as long as a lease lives. */
export const holderName = plainText(200);
export const requestId = plainText(200);
export const leaseToken = plainText(512);

const labelsMax = 32;

export const labels = v.pipe(
  v.record(
    plainText(63),
    v.pipe(
      v.string('must be a string'),
      v.maxLength(200, 'must have values of at most 200 characters'),
      v.regex(oneLine, 'must have values of one line without control characters'),
    ),
  ),
  v.maxEntries(labelsMax, `must have at most ${labelsMax} labels`),
);
