import { hourAndMinute, timeOfDay } from '../text/time-of-day.js';

const steps = [10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600];

/** Round times of day in the range, about so many, in epoch seconds. */
export function timeTicks({ from, to }: { from: number; to: number }, wanted: number): number[] {
  const step = steps.find((one) => (to - from) / one <= wanted) ?? 43_200;
  const zoneS = new Date(to * 1_000).getTimezoneOffset() * 60;
  const first = Math.ceil((from - zoneS) / step) * step + zoneS;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, count) => first + count * step);
}

/** What to write at a tick: seconds count where the whole range is a few minutes. */
export const tickTime = (at: number, { from, to }: { from: number; to: number }): string =>
  to - from < 300 ? timeOfDay(at) : hourAndMinute(at);
