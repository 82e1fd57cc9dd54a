import * as v from 'valibot';

/** Limits of a number that say in words what they are. */
export const atLeast = (min: number) => v.minValue<number, number, string>(min, `must be ${min} or more`);
export const atMost = (max: number) => v.maxValue<number, number, string>(max, `must be ${max} or less`);

const number = v.pipe(v.number('must be a number'), v.finite('must be finite'));
const integer = v.pipe(v.number('must be a number'), v.integer('must be an integer'));

/** Number of a slot, counted from 0. */
export const slotNumber = v.pipe(integer, atLeast(0), atMost(9_999));

export const portNumber = v.pipe(
  integer,
  v.minValue(1, 'must be a port'),
  v.maxValue(65_535, 'must be a port'),
);

/** Seconds. Nobody should hold or wait for longer than a day without asking again. */
export const waitSeconds = v.pipe(number, atLeast(0), atMost(86_400));
export const ttlSeconds = v.pipe(number, atLeast(1), atMost(86_400));
export const askSeconds = v.pipe(number, atLeast(1), atMost(3_600));

/** Epoch seconds, with fractions. */
export const epochSeconds = number;
export const seconds = number;
export const pixels = number;
export const count = v.pipe(integer, atLeast(0));
export const whole = integer;
