import { describe, expect, it } from 'vitest';
import { fitExponent, summarize } from '../src/statistics.js';

describe('a summary', () => {
  it('names values that were measured, in whatever order they came', () => {
    const values = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
    expect(summarize(values)).toEqual({ median: 50, p95: 95, p99: 99, n: 100 });
  });

  it('of one value is that value', () => {
    expect(summarize([7])).toEqual({ median: 7, p95: 7, p99: 7, n: 1 });
  });

  it('of nothing is an error, not a figure', () => {
    expect(() => summarize([])).toThrow('Nothing was measured');
  });
});

describe('a growth exponent', () => {
  const sizes = [4, 100, 1_000, 10_000];
  const fit = (cost: (size: number) => number): number =>
    fitExponent(sizes.map((size) => [size, cost(size)] as const));

  it('is 0 for what does not grow and 1 for what grows in proportion', () => {
    expect(fit(() => 5)).toBeCloseTo(0);
    expect(fit((size) => 3 * size)).toBeCloseTo(1);
    expect(fit((size) => size ** 2)).toBeCloseTo(2);
  });

  it('is small for what grows with the logarithm', () => {
    expect(fit((size) => 10 + Math.log2(size))).toBeLessThan(0.2);
  });
});
