import * as v from 'valibot';

const number = v.pipe(v.number('must be a number'), v.finite('must be finite'));
const integer = v.pipe(v.number('must be a number'), v.integer('must be an integer'));

/** Number of a slot, counted from 0. */
export const slotNumber = v.pipe(integer, v.minValue(0, 'must be 0 or more'), v.maxValue(9999));

export const portNumber = v.pipe(
  integer,
  v.minValue(1, 'must be a port'),
  v.maxValue(65_535, 'must be a port'),
);

/** Seconds. Nobody should hold or wait for longer than a day without asking again. */
export const waitSeconds = v.pipe(number, v.minValue(0, 'must be 0 or more'), v.maxValue(86_400));
export const ttlSeconds = v.pipe(number, v.minValue(1, 'must be 1 or more'), v.maxValue(86_400));
export const askSeconds = v.pipe(number, v.minValue(1, 'must be 1 or more'), v.maxValue(3_600));

/** Epoch seconds, with fractions. */
export const epochSeconds = number;
export const seconds = number;
export const pixels = number;
export const count = v.pipe(integer, v.minValue(0));
export const whole = integer;
