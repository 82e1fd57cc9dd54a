import { isInheritedName, plainLine, visibleText } from '@escarp/contract';
import * as v from 'valibot';

const unsafeUnits = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** A stranger's text in a form that can be repeated in a message. */
export const repeatable = (text: string): string => text.replaceAll(unsafeUnits, '\ufffd');

/** A readable label of at most this many bytes in UTF-8. */
const plainText = (bytesMax: number) =>
  v.pipe(
    v.string('must be a string'),
    v.nonEmpty('must not be empty'),
    v.maxBytes(bytesMax, `must have at most ${bytesMax} bytes`),
    v.regex(visibleText, 'must have something in it that can be seen'),
    v.regex(plainLine, 'must be one line without control characters'),
  );

/**
 * The following texts are limited in bytes, because they are kept, journaled and shown for as long as a lease lives,
 * and longer. Each occurs at most twice in an event, so that an event is far shorter than the longest record of a
 * journal.
 */
const textBytesMax = {
  name: 200,
  line: 500,
  prose: 2_000,
  secret: 512,
  labelKey: 63,
  labelValue: 200,
  labels: 2_048,
} as const;

export const name = plainText(textBytesMax.name);
export const line = plainText(textBytesMax.line);
export const secret = plainText(textBytesMax.secret);

/** What people tell each other, on several lines if they like. */
export const prose = v.pipe(
  v.string('must be a string'),
  v.nonEmpty('must not be empty'),
  v.maxBytes(textBytesMax.prose, `must have at most ${textBytesMax.prose} bytes`),
  v.check(
    (text) => text.split(/\r?\n/).every((each) => plainLine.test(each.replaceAll('\t', ' '))),
    'must have no control characters',
  ),
);

const labelsMax = 32;
const labelsMessage = `must have at most ${textBytesMax.labels} bytes in all`;

export const labels = v.pipe(
  v.record(
    v.pipe(
      plainText(textBytesMax.labelKey),
      v.check(
        (key) => !isInheritedName(key),
        'must not have a key that every object has, such as constructor',
      ),
    ),
    v.pipe(
      v.string('must have values that are strings'),
      v.maxBytes(textBytesMax.labelValue, `must have values of at most ${textBytesMax.labelValue} bytes`),
      v.regex(plainLine, 'must have values of one line without control characters'),
    ),
    'must be an object',
  ),
  v.maxEntries(labelsMax, `must have at most ${labelsMax} labels`),
  v.check((given) => bytesIn(given) <= textBytesMax.labels, labelsMessage),
);

function bytesIn(given: Readonly<Record<string, string>>): number {
  const encoder = new TextEncoder();
  return Object.entries(given).reduce((sum, pair) => sum + encoder.encode(pair.join('')).length, 0);
}
