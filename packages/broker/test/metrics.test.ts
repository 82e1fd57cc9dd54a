import type { RegistryEvent } from '@escarp/lease-registry';
import { defaultLimits, emptyState, step } from '@escarp/lease-registry';
import type { ResetReport } from '@escarp/slot-pool';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../src/metrics.js';

const state = emptyState(defaultLimits);
step(state, { type: 'added', key: 'slot-0' }, { monotonicMs: 0, wallMs: 0 });

const sample = /^([a-z_]+)(\{[a-z]+="[^"\\\n]*"(?:,[a-z]+="[^"\\\n]*")*\})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;

/** Reads Prometheus' text format; throws for an invalid line. */
function parse(text: string) {
  expect(text.endsWith('\n')).toBe(true);
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  for (const line of text.trimEnd().split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (name !== undefined && types.has(name)) throw new Error(`${name} is described twice.`);
    if (name !== undefined && type !== undefined) types.set(name, type);
    if (line.startsWith('#')) continue;
    const [, series = '', labels = '', value] = sample.exec(line) ?? [];
    if (value === undefined) throw new Error(`This is no sample: ${line}`);
    expect(samples.has(series + labels)).toBe(false);
    expect([...types.keys()]).toContain(series.replace(/_(bucket|sum|count)$/, ''));
    samples.set(series + labels, Number(value));
  }
  return { types, samples };
}

const report = (durationMs: number): ResetReport =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- metrics look at nothing else.
  ({ policy: 'recycle', escalatedFrom: 'storage', durationMs }) as ResetReport;

describe('the metrics', () => {
  it('are in the text format of Prometheus, with every series there from the start', () => {
    const { types, samples } = parse(createMetrics().text(state, () => 1_000));
    expect(types.size).toBeGreaterThanOrEqual(12);
    expect(samples.get('escarp_acquires_total')).toBe(0);
    expect(samples.get('escarp_slots{state="starting"}')).toBe(1);
    expect(samples.get('escarp_slot_memory_bytes{slot="slot-0"}')).toBe(1_000);
  });

  it('count by label, and record the duration of resets in buckets that add up', () => {
    const metrics = createMetrics();
    metrics.count('escarp_refusals_total', { code: 'pool_exhausted' });
    metrics.count('escarp_refusals_total', { code: 'pool_exhausted' });
    for (const durationMs of [40, 250, 70_000]) metrics.observeReset(report(durationMs));
    const { samples } = parse(metrics.text(state, () => undefined));
    expect(samples.get('escarp_refusals_total{code="pool_exhausted"}')).toBe(2);
    const bucket = (le: string) =>
      samples.get(`escarp_reset_duration_seconds_bucket{policy="recycle",le="${le}"}`);
    expect([bucket('0.05'), bucket('0.3'), bucket('10'), bucket('+Inf')]).toEqual([1, 2, 2, 3]);
    expect(samples.get('escarp_reset_duration_seconds_sum{policy="recycle"}')).toBeCloseTo(70.29);
    expect(samples.get('escarp_escalated_resets_total')).toBe(3);
  });

  it('record how long requests waited that were granted a slot', () => {
    const metrics = createMetrics();
    const left = (revision: number, how: 'granted' | 'timed_out'): RegistryEvent[] => [
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- metrics look at the id alone.
      { revision, at: 0, change: { type: 'waiter-queued', waiter: { requestId: how } } } as RegistryEvent,
      { revision: revision + 1, at: 400, change: { type: 'waiter-left', requestId: how, how } },
    ];
    metrics.observeEvents([...left(1, 'granted'), ...left(3, 'timed_out')]);
    const { samples } = parse(metrics.text(state, () => undefined));
    expect(samples.get('escarp_wait_duration_seconds_count')).toBe(1);
    expect(samples.get('escarp_wait_duration_seconds_sum')).toBe(0.4);
  });
});
