/** Every attack in its full number, as it is published; without it each is tried in the form that fits a check-in. */
export const isFull = process.env['ESCARP_ATTACKS'] === 'all';

/** How many times, or on what, something is tried. */
export function scaled<T>(full: T, short: T): T {
  return isFull ? full : short;
}
