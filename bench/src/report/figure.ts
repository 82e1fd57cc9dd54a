import type { Unit } from '../unit.js';

const larger: Partial<Record<Unit, readonly [factor: number, unit: Unit]>> = {
  ns: [1_000, 'µs'],
  µs: [1_000, 'ms'],
  ms: [1_000, 's'],
};

/** Three digits and a unit: `4.21 ms`, `312 µs`. */
export function figure(value: number, unit: Unit): string {
  const next = larger[unit];
  if (next !== undefined && value >= next[0]) return figure(value / next[0], next[1]);
  const digits = Math.abs(value) >= 99.5 ? 0 : Math.abs(value) >= 9.95 ? 1 : 2;
  return `${value.toFixed(digits)}${unit.startsWith('/') || unit === '%' || unit === '' ? unit : ` ${unit}`}`;
}
