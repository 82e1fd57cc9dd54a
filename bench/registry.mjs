// What the lease registry costs, beside the limits it is held to. `node bench/registry.mjs`, after a build; `--json`
// prints every sample, `--smoke` takes only a few. `--against FILE` compares it with another build of the package, run by
// run in turns (`--pairs N`, 5 by default), and prints the ratios; `--module FILE` measures another build.
//
// Time is the processor's, not the wall's, so that other work on the machine disturbs less. Each sample is a batch;
// figures are medians over batches, ratios medians over pairs of runs.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Bench } from 'tinybench';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    smoke: { type: 'boolean' },
    module: { type: 'string' },
    against: { type: 'string' },
    pairs: { type: 'string', default: '5' },
  },
});
if (options.against !== undefined) {
  compare(options.against, Number(options.pairs));
  process.exit();
}

const { defaultLimits, emptyState, step } =
  options.module === undefined
    ? await import('@escarp/lease-registry')
    : await import(pathToFileURL(resolve(options.module)).href);

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

let monotonicMs = 0;
const now = () => ({ monotonicMs, wallMs: 1.7e12 + monotonicMs });
const run = (state, command) => step(state, command, now());
/** Older builds do not change a state in place: each step gives the next. */
const after = (state, made) => made.state ?? state;

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
    state = after(state, run(state, { type: 'added', key: `slot-${at}` }));
    const { fence } = state.resources.get(`slot-${at}`);
    state = after(state, run(state, { type: 'ready', key: `slot-${at}`, fence }));
  }
  for (let at = 0; at < leases; at++) state = after(state, run(state, acquire()));
  return state;
}

/** Renewals in no order that a cache could learn, by tokens that come from outside as they do over a wire. */
function renewals(live) {
  let state = pool(live);
  const commands = Array.from(state.leases.values(), ({ tokenDigest }) => {
    return { type: 'renew', tokenDigest: Buffer.from(tokenDigest).toString() };
  });
  let at = 0;
  return (count) => {
    for (let left = count; left > 0; left--) {
      monotonicMs += 0.0001;
      at = (at + 7_919) % live;
      state = after(state, run(state, commands[at]));
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
      state = after(state, granted);
      const { key, tokenDigest } = granted.reply.lease;
      state = giveBack(state, key, tokenDigest);
    }
  };
  return { prepare, go };
}

/** A release, and the reset after it. */
function giveBack(state, key, tokenDigest) {
  const released = run(state, { type: 'release', tokenDigest });
  const { fence } = released.effects[0];
  const resetting = after(state, released);
  return after(resetting, run(resetting, { type: 'reset-done', key, fence }));
}

/** From a release to the grant to the next of so many in line, who is replaced by another. */
function handovers(waiters) {
  let state = pool(4);
  for (let at = 0; at < waiters; at++) state = after(state, run(state, acquire({ waitMs: 3_600_000 })));
  const prepare = (count) => {
    for (let at = 0; at < count; at++) state = after(state, run(state, acquire({ waitMs: 3_600_000 })));
  };
  const go = (count) => {
    for (let left = count; left > 0; left--) {
      state = giveBack(state, 'slot-0', state.leases.get('slot-0').tokenDigest);
    }
  };
  return { prepare, go };
}

const rows = [];
const size = options.smoke
  ? { time: 0, iterations: 3, warmup: false }
  : { time: 700, iterations: 30, warmupTime: 300, warmupIterations: 10 };
const bench = new Bench({ now: cpuMs, retainSamples: true, ...size });

function measure(name, batch, limitNs, go, prepare = () => {}) {
  rows.push({ name, batch, limitNs });
  bench.add(name, () => go(batch), { beforeEach: () => prepare(batch) });
}

measure('renew, 10 live leases', 2_000, undefined, renewals(10));
measure('renew, 10,000 live leases', 2_000, 700, renewals(10_000));
const plain = turnovers({});
measure('acquire + release + reset', 500, 3_000, plain.go, plain.prepare);
const remembered = turnovers({ anonymous: false });
measure('the same, answer remembered', 500, 3_000, remembered.go, remembered.prepare);
const line = handovers(10_000);
measure('release to next grant, 10,000 in line', 500, 5_000, line.go, line.prepare);

await bench.run();
for (const row of rows) {
  const { samples } = bench.getTask(row.name).result.latency;
  row.samplesNs = samples.map((ms) => (ms * 1e6) / row.batch);
}
rows.push({
  name: '100,000 expiries in one step',
  limitNs: 200e6,
  samplesNs: expiries(100_000, options.smoke ? 1 : 5),
});
const bytesEach = bytesPerLease(20_000);
if (options.json) console.log(JSON.stringify(rows.concat(bytesEach)));
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
  console.log(`${median(bytesEach.samplesBytes).toFixed(0)} bytes for each leased resource`);
}

/** The rows of a run in a process of its own. */
function measured(...more) {
  const program = fileURLToPath(import.meta.url);
  return JSON.parse(execFileSync(process.execPath, [program, '--json', ...more], { encoding: 'utf8' }));
}

/** Alternates between the two builds, so that what the machine does meanwhile meets both. */
function compare(against, pairs) {
  const ratios = new Map();
  for (let pair = 0; pair < pairs; pair++) {
    const theirs = measured('--module', against);
    const ours = measured(...(options.module === undefined ? [] : ['--module', options.module]));
    for (const [at, row] of ours.entries()) {
      ratios.set(row.name, [...(ratios.get(row.name) ?? []), middle(row) / middle(theirs[at])]);
    }
  }
  for (const [name, each] of ratios) console.log(`${median(each).toFixed(2)}  ${name} (n = ${pairs})`);
}

function middle({ samplesNs, samplesBytes }) {
  return median(samplesNs ?? samplesBytes);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** A pool for each sample, because it can expire only once. */
function expiries(count, samples) {
  return Array.from({ length: samples }, () => {
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

/** What a leased resource keeps in memory, every lease of which has been renewed. */
function bytesPerLease(count) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const used = () => {
    for (let times = 0; times < 4; times++) collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  let state = pool(count);
  for (const tokenDigest of Array.from(state.leases.values(), (lease) => lease.tokenDigest)) {
    monotonicMs += 0.001;
    state = after(state, run(state, { type: 'renew', tokenDigest }));
  }
  const samplesBytes = [(used() - before) / count];
  return state.leases.size === count ? { name: 'bytes for each leased resource', samplesBytes } : undefined;
}
