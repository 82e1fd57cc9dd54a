import type { RegistryEvent, RegistryState } from '@escarp/lease-registry';
import type { ResetReport } from '@escarp/slot-pool';

const resetBucketsMs = [50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000];
const waitBucketsMs = [10, 100, 1_000, 5_000, 15_000, 60_000, 300_000];
const slotStates = ['starting', 'free', 'leased', 'resetting', 'quarantined'] as const;

/** Counts what happens, for Prometheus. Counters start at zero with the daemon. */
export interface Metrics {
  count(name: CounterName, labels?: Labels): void;
  observeEvents(events: readonly RegistryEvent[]): void;
  observeReset(report: ResetReport): void;
  text(state: RegistryState, memoryBytes: (slotKey: string) => number | undefined): string;
}

type Labels = Readonly<Record<string, string>>;
type CounterName = keyof typeof counters;

const counters = {
  escarp_acquires_total: 'Leases granted.',
  escarp_refusals_total: 'Requests refused, by code.',
  escarp_renewals_total: 'Heartbeats that renewed a lease.',
  escarp_leases_ended_total: 'Leases ended, by how.',
  escarp_reaped_total: 'Leases that expired because their holder fell silent.',
  escarp_fenced_total: 'Calls with the token of a lease that had ended.',
  escarp_handoffs_total: 'Leases handed over.',
  escarp_relaunches_total: 'Browsers replaced under their holder.',
  escarp_browsers_lost_total: 'Browsers that died, stopped or stopped answering.',
  escarp_quarantines_total: 'Times a slot was quarantined.',
  escarp_escalated_resets_total: 'Resets in place that became a recycle.',
  escarp_clock_gaps_total: 'Times the machine slept or the daemon stalled.',
};

export function createMetrics(): Metrics {
  const counts = new Map<string, number>();
  const resets = new Map<string, Histogram>();
  const waits = new Histogram(waitBucketsMs);
  const queuedAt = new Map<string, number>();
  const count = (name: CounterName, labels: Labels = {}): void => {
    const series = name + labelText(labels);
    counts.set(series, (counts.get(series) ?? 0) + 1);
  };
  return {
    count,
    observeEvents: (events) => {
      for (const event of events) {
        countEvent(event, count);
        timeWait(event, queuedAt, waits);
      }
    },
    observeReset: ({ policy, durationMs, escalatedFrom }) => {
      const histogram = resets.get(policy) ?? new Histogram(resetBucketsMs);
      resets.set(policy, histogram);
      histogram.observe(durationMs);
      if (escalatedFrom !== undefined) count('escarp_escalated_resets_total');
    },
    text: (state, memoryBytes) =>
      [
        ...counterLines(counts),
        ...gaugeLines(state, memoryBytes),
        ...head('escarp_reset_duration_seconds', 'histogram', 'How long resets took, by policy.'),
        ...[...resets].flatMap(([policy, histogram]) =>
          histogram.lines('escarp_reset_duration_seconds', { policy }),
        ),
        ...head('escarp_wait_duration_seconds', 'histogram', 'How long callers stood in line.'),
        ...waits.lines('escarp_wait_duration_seconds', {}),
      ].join('\n') + '\n',
  };
}

function countEvent({ change }: RegistryEvent, count: Metrics['count']): void {
  if (change.type === 'lease-granted') count('escarp_acquires_total');
  if (change.type === 'lease-ended') count('escarp_leases_ended_total', { how: change.how });
  if (change.type === 'lease-ended' && change.how === 'expired') count('escarp_reaped_total');
  if (change.type === 'lease-handed-over') count('escarp_handoffs_total');
  if (change.type === 'resource-lost') count('escarp_browsers_lost_total');
  if (change.type === 'resource-quarantined') count('escarp_quarantines_total');
  if (change.type === 'clock-gap') count('escarp_clock_gaps_total');
}

function timeWait({ change, at }: RegistryEvent, queuedAt: Map<string, number>, waits: Histogram): void {
  if (change.type === 'waiter-queued') queuedAt.set(change.waiter.requestId, at);
  if (change.type !== 'waiter-left') return;
  const since = queuedAt.get(change.requestId);
  queuedAt.delete(change.requestId);
  if (since !== undefined && change.how === 'granted') waits.observe(Math.max(0, at - since));
}

class Histogram {
  private readonly bounds: readonly number[];
  private readonly buckets: number[];
  private sumMs = 0;
  private total = 0;

  constructor(boundsMs: readonly number[]) {
    this.bounds = boundsMs;
    this.buckets = boundsMs.map(() => 0);
  }

  observe(ms: number): void {
    this.total++;
    this.sumMs += ms;
    for (const [at, bound] of this.bounds.entries())
      if (ms <= bound) this.buckets[at] = (this.buckets[at] ?? 0) + 1;
  }

  lines(name: string, labels: Labels): string[] {
    const bucket = (le: string, value: number): string =>
      `${name}_bucket${labelText({ ...labels, le })} ${value}`;
    return [
      ...this.bounds.map((bound, at) => bucket(String(bound / 1_000), this.buckets[at] ?? 0)),
      bucket('+Inf', this.total),
      `${name}_sum${labelText(labels)} ${this.sumMs / 1_000}`,
      `${name}_count${labelText(labels)} ${this.total}`,
    ];
  }
}

function counterLines(counts: ReadonlyMap<string, number>): string[] {
  return Object.entries(counters).flatMap(([name, help]) => {
    const series = [...counts].filter(([key]) => key === name || key.startsWith(`${name}{`));
    const lines = series.length === 0 ? [`${name} 0`] : series.map(([key, value]) => `${key} ${value}`);
    return [...head(name, 'counter', help), ...lines];
  });
}

function gaugeLines(state: RegistryState, memoryBytes: (slotKey: string) => number | undefined): string[] {
  const resources = [...state.resources.values()];
  return [
    ...head('escarp_slots', 'gauge', 'Slots by state.'),
    ...slotStates.map((name) => {
      const inState = resources.filter((resource) => resource.state === name).length;
      return `escarp_slots${labelText({ state: name })} ${inState}`;
    }),
    ...head('escarp_queue_length', 'gauge', 'Callers in line.'),
    `escarp_queue_length ${state.waiters.size}`,
    ...head('escarp_journal_revision', 'gauge', 'Revision of the last event.'),
    `escarp_journal_revision ${state.revision}`,
    ...head('escarp_slot_memory_bytes', 'gauge', 'Memory of a slot: on Linux proportional set size.'),
    ...resources.flatMap(({ key }) => {
      const bytes = memoryBytes(key);
      return bytes === undefined ? [] : [`escarp_slot_memory_bytes${labelText({ slot: key })} ${bytes}`];
    }),
  ];
}

function head(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

/** No value comes from outside, so nothing needs escaping. */
function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
