import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant, RegistryEvent, RegistryState, Resource } from '@escarp/lease-registry';
import { defaultLimits, recover, Registry, snapshotOf, unfinished } from '@escarp/lease-registry';
import type { IdentityDriver } from '@escarp/os-identity';
import type { SlotPool } from '@escarp/slot-pool';
import { defaultResetPolicy } from '@escarp/slot-pool';
import { createBrowserSlots } from './browser-slots.js';
import { wakeAt } from './clocks.js';
import { DaemonError } from './errors.js';
import type { EventFeed } from './event-feed.js';
import { createEventFeed } from './event-feed.js';
import type { Identities } from './identities.js';
import { createIdentities } from './identities.js';
import type { Journal } from './journal.js';
import { openJournal } from './journal.js';
import type { KernelLock } from './kernel-lock.js';
import { takeKernelLock } from './kernel-lock.js';
import type { LeaseTokens } from './lease-tokens.js';
import { createLeaseTokens } from './lease-tokens.js';
import type { Log } from './log.js';
import type { Machine } from './machine.js';
import type { MemorySamples } from './memory-samples.js';
import { createMemorySamples } from './memory-samples.js';
import type { Metrics } from './metrics.js';
import { createMetrics } from './metrics.js';
import type { PoolFile } from './pool-file.js';
import type { Settings } from './settings.js';
import { keyOf, slotOf } from './slot-key.js';
import { SlotKeeper } from './slot-keeper.js';
import { SlotLocks } from './slot-locks.js';
import type { SlotKnowledge } from './slot-views.js';
import type { StateDirectory } from './state-directory.js';
import { readOrMakeSecret } from './state-directory.js';

export interface BrokerOptions {
  readonly directory: StateDirectory;
  readonly settings: Settings;
  readonly machine: Machine;
  readonly identity: IdentityDriver;
  readonly pool: PoolFile;
  readonly browserPath: string;
  /** Whether browsers that are missing are launched. */
  readonly heal: boolean;
  readonly log: Log;
}

/** The registry, the browsers and the journal, working together in this process; no HTTP. */
export interface Broker {
  readonly options: BrokerOptions;
  readonly registry: Registry;
  readonly journal: Journal;
  readonly feed: EventFeed;
  readonly tokens: LeaseTokens;
  readonly metrics: Metrics;
  readonly slots: SlotPool;
  readonly identities: Identities;
  readonly memory: MemorySamples;
  readonly known: SlotKnowledge;
  readonly locks: SlotLocks;
  /** Resolves when the browser of a slot that left the pool is down. */
  disposed(slot: number): Promise<void>;
  /** Stops brokering. The browsers and the leases live on. */
  close(): Promise<void>;
}

const segmentBytesMax = 1_000_000;

/** Opens a state directory's broker: recovers the leases, adopts the browsers and finishes what was under way. */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const lock = await lockDirectory(options.directory);
  try {
    return await openLocked(options, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function lockDirectory({ home, locks }: StateDirectory): Promise<KernelLock> {
  const lock = await takeKernelLock(join(locks, 'daemon.lock'));
  if (lock !== undefined) return lock;
  throw new DaemonError(
    'daemon_already_running',
    `A daemon already serves ${home}.`,
    'See it with escarp status, stop it with escarp daemon stop, or set ESCARP_HOME to run another.',
  );
}

async function openLocked(options: BrokerOptions, lock: KernelLock): Promise<Broker> {
  const { directory, settings, machine, identity, pool, log } = options;
  const { clocks } = machine;
  const secret = await readOrMakeSecret(directory.secret, () => hex(clocks.randomBytes(32)));
  const journal = await openJournal({
    folder: directory.journal,
    newId: clocks.newId,
    snapshot: () => snapshotOf(registry.state),
    segmentBytesMax,
  });
  const feed = createEventFeed();
  const metrics = createMetrics();
  const slots = createBrowserSlots(options);
  const identities = createIdentities(slots, identity);
  const memory = createMemorySamples((slot) => slots.memoryBytes(slot), clocks.monotonicMs);
  const locks = new SlotLocks(directory.locks);
  const resetPolicy = settings.reset ?? defaultResetPolicy(pool.tier, pool.headless);
  const keeper = new SlotKeeper({
    registry: () => registry,
    pool: slots,
    identity,
    log,
    policy: resetPolicy,
    heal: options.heal,
    discoveryWaitMs: settings.discoveryWaitS * 1_000,
    trusted: await isTrusted(directory, journal),
    monotonicMs: clocks.monotonicMs,
    onReset: metrics.observeReset,
    onRelaunch: () => metrics.count('escarp_relaunches_total'),
  });
  const disposals = new Map<number, Promise<void>>();
  const dispose = async (effect: Parameters<SlotKeeper['dispose']>[0]): Promise<void> => {
    await keeper.dispose(effect);
    await locks.release(slotOf(effect.key));
  };
  const registry = new Registry(recoverState(journal, settings, now(machine)), {
    clock: () => now(machine),
    wake: (at, callback) => wakeAt(clocks, at, callback),
    append: async (events) => {
      await journal.append(events);
      metrics.observeEvents(events);
      feed.publish(events);
    },
    effects: {
      start: (effect) => void keeper.start(effect),
      reset: (effect) => void keeper.reset(effect),
      dispose: (effect) => void disposals.set(slotOf(effect.key), dispose(effect)),
    },
  });
  const known: SlotKnowledge = {
    pool,
    resetPolicy,
    clocks,
    facts: (slot) => slots.facts(slot),
    identity: (slot) => identities.get(slot),
    memoryBytes: (slot) => memory.get(slot),
  };
  const broker: Broker = {
    options,
    registry,
    journal,
    feed,
    tokens: createLeaseTokens(secret),
    metrics,
    slots,
    identities,
    memory,
    known,
    locks,
    disposed: async (slot) => disposals.get(slot),
    close: async () => {
      registry.close();
      await slots.close();
      await journal.close();
      await locks.releaseAll();
      await lock.release();
    },
  };
  await slots.sweep();
  await takeUp(broker, keeper);
  return broker;
}

/**
 * Whether a browser that runs already can be taken for clean when it joins an empty journal. It can when it was only
 * launched; it cannot when a daemon has lent browsers here before and its journal is gone.
 */
async function isTrusted({ home }: StateDirectory, journal: Journal): Promise<boolean> {
  const marker = join(home, 'brokered');
  const isNew = journal.snapshot === undefined && journal.events.length === 0;
  const wasBrokered = await access(marker).then(
    () => true,
    () => false,
  );
  if (!wasBrokered) await writeFile(marker, '', { mode: 0o600 });
  return !(isNew && wasBrokered);
}

function recoverState(journal: Journal, settings: Settings, at: Instant): RegistryState {
  const { leaseTtlS, perHolder, perTenant } = settings;
  const limits = {
    ...defaultLimits,
    ttlMs: leaseTtlS * 1_000,
    ...(perHolder === undefined ? {} : { perHolder }),
    ...(perTenant === undefined ? {} : { perTenant }),
  };
  return recover(limits, journal.snapshot, journal.events, at);
}

/** Brings the registry and the browsers in line with the pool as it is configured now. */
async function takeUp(broker: Broker, keeper: SlotKeeper): Promise<void> {
  const { registry, options } = broker;
  const wanted = new Set(options.pool.slots);
  for (const slot of wanted) await broker.locks.take(slot);
  const before = registry.state;
  const running = before.resources.values().filter(isUp);
  await Promise.all(running.map(({ key }) => keeper.adopt(slotOf(key))));
  for (const effect of unfinished(before)) {
    if (effect.type === 'start') void keeper.start(effect);
    if (effect.type === 'reset') void keeper.reset(effect);
  }
  for (const slot of wanted) {
    if (!before.resources.has(keyOf(slot))) await registry.submit(addedCommand(slot, options.pool));
  }
  for (const { key } of before.resources.values()) {
    if (!wanted.has(slotOf(key))) await registry.submit({ type: 'drain', key });
  }
}

function isUp({ state, mending }: Resource): boolean {
  return (state === 'free' || state === 'leased') && !mending;
}

/** What the registry is told of a slot that joins the pool. */
export function addedCommand(slot: number, pool: PoolFile) {
  const mode = pool.headless ? 'headless' : 'headed';
  return { type: 'added', key: keyOf(slot), labels: { tier: pool.tier, mode } } as const;
}

function now({ clocks }: Machine): Instant {
  return { monotonicMs: clocks.monotonicMs(), wallMs: clocks.wallMs() };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Waits for an event that satisfies the caller, which first looks whether it need wait at all. */
export async function untilEvent(
  { feed }: Broker,
  signal: AbortSignal,
  satisfied: (event: RegistryEvent | undefined) => boolean,
): Promise<void> {
  const ended = new AbortController();
  const events = feed.follow(AbortSignal.any([signal, ended.signal]));
  try {
    if (satisfied(undefined)) return;
    for await (const event of events) if (satisfied(event)) return;
  } finally {
    ended.abort();
  }
}
