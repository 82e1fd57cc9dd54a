// What the lease registry costs, beside the limits it is held to. `node bench/registry.mjs`, after a build; `--json`
// prints every sample, `--smoke` takes only a few.
//
// Time is the processor's, not the wall's, so that other work on the machine disturbs less. Each sample is a batch;
// figures are medians over batches.
import { createHash } from 'node:crypto';
import { defaultLimits, emptyState, step } from '@escarp/lease-registry';
import { Bench } from 'tinybench';

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

let monotonicMs = 0;
const now = () => ({ monotonicMs, wallMs: 1.7e12 + monotonicMs });
const run = (state, command) => step(state, command, now());

let made = 0;
const digest = () =>
  createHash('sha256')
    .update(`token ${(made += 1)}`)
    .digest('base64url');
const acquire = (more = {}) => {
  const tokenDigest = digest();
  const ids = { requestId: `r${made}`, leaseId: `l${made}`, tokenDigest };
  return {
    type: 'acquire',
    ...ids,
    scope: { holder: `h${made}` },
    selector: {},
    waitMs: 0,
    anonymous: true,
    ...more,
  };
};

/** So many resources, of which so many are leased. */
function pool(resources, leases = resources) {
  let state = emptyState(defaultLimits);
  for (let at = 0; at < resources; at++) {
    state = run(state, { type: 'added', key: `slot-${at}` }).state;
    const { fence } = state.resources.get(`slot-${at}`);
    state = run(state, { type: 'ready', key: `slot-${at}`, fence }).state;
  }
  for (let at = 0; at < leases; at++) state = run(state, acquire()).state;
  return state;
}

/** Renewals in no order that a cache could learn, by tokens that come from outside as they do over a wire. */
function renewals(live) {
  let state = pool(live);
  const commands = state.leases
    .values()
    .map(({ tokenDigest }) => ({ type: 'renew', tokenDigest: Buffer.from(tokenDigest).toString() }));
  let at = 0;
  return (count) => {
    for (let left = count; left > 0; left--) {
      monotonicMs += 0.0001;
      at = (at + 7_919) % live;
      state = run(state, commands[at]).state;
    }
  };
}

/** Acquire, release, and the reset between, each with its events. */
function turnovers(more) {
  let state = pool(10, 0);
  let commands = [];
  const prepare = (count) => {
    commands = Array.from({ length: count }, () => acquire(more));
  };
  const go = () => {
    for (const command of commands) {
      const granted = run(state, command);
      const { key, tokenDigest } = granted.reply.lease;
      const released = run(granted.state, { type: 'release', tokenDigest });
      state = run(released.state, { type: 'reset-done', key, fence: released.effects[0].fence }).state;
    }
  };
  return { prepare, go };
}

/** From a release to the grant to the next of so many in line, who is replaced by another. */
function handovers(waiters) {
  let state = pool(4);
  for (let at = 0; at < waiters; at++) state = run(state, acquire({ waitMs: 3_600_000 })).state;
  const prepare = (count) => {
    for (let at = 0; at < count; at++) state = run(state, acquire({ waitMs: 3_600_000 })).state;
  };
  const go = (count) => {
    for (let left = count; left > 0; left--) {
      const released = run(state, { type: 'release', tokenDigest: state.leases.get('slot-0').tokenDigest });
      state = run(released.state, {
        type: 'reset-done',
        key: 'slot-0',
        fence: released.effects[0].fence,
      }).state;
    }
  };
  return { prepare, go };
}

const rows = [];
const size = process.argv.includes('--smoke')
  ? { time: 0, iterations: 3, warmup: false }
  : { time: 700, iterations: 30, warmupTime: 300, warmupIterations: 10 };
const bench = new Bench({ now: cpuMs, retainSamples: true, ...size });

function measure(name, batch, limitNs, go, prepare = () => {}) {
  rows.push({ name, batch, limitNs });
  bench.add(name, () => go(batch), { beforeEach: () => prepare(batch) });
}

measure('renew, 10 live leases', 2_000, undefined, renewals(10));
measure('renew, 10,000 live leases', 2_000, 250, renewals(10_000));
const plain = turnovers({});
measure('acquire + release + reset', 500, 2_000, plain.go, plain.prepare);
const remembered = turnovers({ anonymous: false });
measure('the same, answer remembered', 500, 2_000, remembered.go, remembered.prepare);
const line = handovers(10_000);
measure('release to next grant, 10,000 in line', 500, 5_000, line.go, line.prepare);

await bench.run();
for (const row of rows) {
  const { samples } = bench.getTask(row.name).result.latency;
  row.samplesNs = samples.map((ms) => (ms * 1e6) / row.batch);
}
rows.push({ name: '100,000 expiries in one step', limitNs: 50e6, samplesNs: expiries(100_000) });
if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
else print();

function print() {
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, samplesNs, limitNs } of rows) {
    const limit =
      limitNs === undefined
        ? ''
        : `limit ${shown(limitNs).padStart(8)}   ${(median(samplesNs) / limitNs).toFixed(2)} of it`;
    console.log(`${name.padEnd(width)}  ${shown(median(samplesNs)).padStart(9)}   ${limit}`);
  }
  const growth = median(rows[1].samplesNs) / median(rows[0].samplesNs);
  console.log(`renew at 10,000 costs ${growth.toFixed(1)} times what it costs at 10; limit 3`);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Five pools; each can expire once. */
function expiries(count) {
  return Array.from({ length: 5 }, () => {
    const state = pool(count);
    monotonicMs += defaultLimits.ttlMs + 1;
    const startedAt = cpuMs();
    run(state, { type: 'tick' });
    return (cpuMs() - startedAt) * 1e6;
  });
}

function shown(ns) {
  if (ns < 1_000) return `${ns.toFixed(0)} ns`;
  return ns < 1e6 ? `${(ns / 1_000).toFixed(2)} µs` : `${(ns / 1e6).toFixed(0)} ms`;
}
