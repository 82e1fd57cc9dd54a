import { setMaxListeners } from 'node:events';
import type { Instant, RegistryState } from '@escarp/lease-registry';
import { recover, Registry } from '@escarp/lease-registry';
import type { IdentityDriver } from '@escarp/os-identity';
import type { SlotPool } from '@escarp/slot-pool';
import { createBrowserSlots } from './slots/browser-slots.js';
import { wakeAt } from './clocks.js';
import type { EventFeed } from './journal/event-feed.js';
import { createEventFeed } from './journal/event-feed.js';
import type { LoginVault, SavedLogin } from '@escarp/saved-logins';
import { Screenshots } from './screenshots/screenshots.js';
import { LoginSessions } from './logins/login-sessions.js';
import { resumeLogins } from './logins/resume-logins.js';
import { SavedLogins } from './logins/saved-logins.js';
import { announceLogin } from './logins/announce-login.js';
import type { LeaseTokens } from './operations/lease-tokens.js';
import { createLeaseTokens } from './operations/lease-tokens.js';
import type { Log } from './log.js';
import { browserEnvironment, type Machine } from './machine.js';
import { askCommand } from './notices/ask-command.js';
import { askCommandFault } from './notices/ask-command-fault.js';
import { desktopNotification } from './notices/desktop-notification.js';
import type { Notifier } from './notices/notifier.js';
import { tellPeople } from './notices/tell-people.js';
import { Untold } from './notices/untold.js';
import type { Metrics } from './metrics.js';
import { createMetrics } from './metrics.js';
import { lockDirectory } from './state-directory/directory-lock.js';
import { holdDirectory } from './state-directory/opened-directory.js';
import type { PoolFile } from './state-directory/pool-file.js';
import { PoolRecord } from './state-directory/pool-record.js';
import type { Settings } from './settings.js';
import { hasOwnWindow } from './slots/lease-window.js';
import { OncePerLease } from './slots/once-per-lease.js';
import { keyOf } from './slots/slot-key.js';
import { resetPolicyOf } from './slots/reset-policy.js';
import { registryReports } from './slots/slot-reports.js';
import { Slots } from './slots/slots.js';
import type { SlotKnowledge } from './slots/slot-views.js';
import type { StateDirectory } from './state-directory/state-directory.js';
import { readOrMakeSecret } from './state-directory/state-directory.js';
import { limitsOf, reconcile } from './slots/reconcile.js';
import type { WatchedJournal } from './journal/watched-journal.js';
import { markBrokered, openLeaseJournal } from './journal/lease-journal.js';

/** What a broker works on and with. */
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
  readonly vault: LoginVault;
  /** Path of the program that takes screenshots of leases; without it none are taken. */
  readonly recorder?: string;
  /** The slots to lease, for those who bring their own; Chrome at `browserPath` if absent. Closed with the broker. */
  readonly slots?: SlotPool;
}

/** The registry, the browsers and the journal, working together in this process; no HTTP. */
export interface Broker {
  readonly options: BrokerOptions;
  readonly registry: Registry;
  readonly journal: WatchedJournal;
  readonly feed: EventFeed;
  readonly tokens: LeaseTokens;
  readonly metrics: Metrics;
  readonly slots: Slots;
  readonly known: SlotKnowledge;
  readonly logins: SavedLogins;
  readonly loginSessions: LoginSessions;
  /** The leases that are being made ready for their holders. */
  readonly preparing: OncePerLease;
  readonly screenshots: Screenshots;
  readonly untold: Untold;
  /** Tells the registry of a login as it is now. */
  readonly announceLogin: (login: SavedLogin) => Promise<unknown>;
  readonly poolRecord: PoolRecord;
  /** Aborted when the broker begins to stop. */
  readonly stopping: AbortSignal;
  /** Tells those who wait that they wait in vain. */
  stop(): void;
  /** Stops brokering. The browsers and the leases live on. */
  close(): Promise<void>;
}

/**
 * Opens a state directory's broker: recovers the leases, adopts the browsers and finishes what was under way.
 * Throws `daemon_already_running`, `journal_corrupt` or `state_directory_unusable`, and then leaves nothing open.
 */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const lock = await lockDirectory(options.directory, options.machine.shortTmp);
  const opened: (() => Promise<void>)[] = [() => lock.release()];
  const close = async (): Promise<void> => {
    for (const each of opened.splice(0).toReversed()) await each();
  };
  try {
    return await openLocked(options, opened, close);
  } catch (error) {
    await close();
    throw error;
  }
}

type Closers = (() => Promise<void>)[];

async function openLocked(options: BrokerOptions, opened: Closers, close: Broker['close']): Promise<Broker> {
  const { directory, log } = options;
  const { clocks } = options.machine;
  const secret = await readOrMakeSecret(directory.secret, () => hex(clocks.randomBytes(32)));
  const held = await holdDirectory(directory);
  opened.push(() => held.close());
  const limits = limitsOf(options.settings, options.pool);
  const journaled = { directory, clocks, limits, log, directoryLoss: held.loss };
  const { journal, isFirst } = await openLeaseJournal(journaled);
  opened.push(() => journal.close());
  await markBrokered(directory);
  const pool = openSlots(options, () => registry);
  const metrics = createMetrics();
  const signedIn = openLogins(options, (login) => announceLogin(registry, login));
  const { loginSessions } = signedIn;
  const screenshots = createScreenshots(options);
  opened.push(() => screenshots.close());
  const slots = createSlots(options, { pool, metrics, loginSessions, screenshots });
  opened.push(
    () => slots.releaseLocks(),
    () => pool.close(),
  );
  const parts = { journal, slots, metrics, feed: createEventFeed(), screenshots };
  opened.push(() => slots.close());
  opened.push(async () => loginSessions.close());
  const registry: Registry = openRegistry(options, limits, parts);
  slots.reportTo(registryReports(registry, log));
  const stopping = new AbortController();
  // Every caller in line listens to it, and the server's limit on connections bounds how many those are.
  setMaxListeners(0, stopping.signal);
  opened.push(async () => {
    stopping.abort();
    registry.close();
  });
  const broker: Broker = {
    ...parts,
    ...signedIn,
    options,
    registry,
    tokens: createLeaseTokens(secret),
    preparing: new OncePerLease(),
    untold: new Untold(),
    known: {
      pool: options.pool,
      resetPolicy: resetPolicyOf(options),
      clocks,
      slot: (key) => slots.of(key),
      loginsOf: (lease) => loginSessions.heldBy(lease),
    },
    poolRecord: new PoolRecord(directory.pool, options.pool, clocks.newId),
    stopping: stopping.signal,
    stop: () => stopping.abort(),
    close,
  };
  const fault = await askCommandFault(options.settings.askCommand);
  if (fault !== undefined) log.warn(fault);
  beginNotices(broker, opened);
  await bringUp(broker, pool, isFirst);
  return broker;
}

async function bringUp(broker: Broker, pool: SlotPool, isFirst: boolean): Promise<void> {
  const { registry, options, slots, screenshots } = broker;
  await sweep(options, pool);
  await reconcile({ registry, pool: options.pool, slots }, isFirst);
  await resumeLogins(broker);
  screenshots.begin(registry.state);
}

/** Whether a slot has a window is asked long after the registry, which comes up with the slots, is there. */
function openSlots(options: BrokerOptions, registry: () => Registry): SlotPool {
  const hasWindow = (slot: number) => hasOwnWindow(registry().state.leases.get(keyOf({ slot })));
  return options.slots ?? createBrowserSlots({ ...options, hasWindow });
}

/** Deletes what a crash left. */
async function sweep({ vault, log }: BrokerOptions, pool: SlotPool): Promise<void> {
  pool.sweep();
  await vault.sweep().catch((error: unknown) => {
    log.warn('What is left of logins that were being saved cannot be deleted.', { reason: String(error) });
  });
}

/** Tells the operator what waits for a person from now on. */
function beginNotices({ options, feed, registry, untold, stopping }: Broker, opened: Closers): void {
  const notifier = notifierOf(options);
  if (notifier === undefined) return;
  const holderOf = (key: string) => registry.state.leases.get(key)?.scope.holder;
  const { machine, log } = options;
  const running = tellPeople({ notifier, machine, feed, holderOf, log, untold, stopping });
  // Closed after the registry, which says that the broker stops.
  opened.splice(-1, 0, () => running);
}

function notifierOf({ settings, machine }: BrokerOptions): Notifier | undefined {
  if (settings.askCommand !== undefined) return askCommand(settings.askCommand);
  return settings.notify === 'off' ? undefined : desktopNotification(machine);
}

type Announce = Broker['announceLogin'];

function openLogins(options: BrokerOptions, announce: Announce) {
  const { wallMs } = options.machine.clocks;
  const logins = new SavedLogins(options.vault, wallMs);
  const loginSessions = new LoginSessions({ logins, wallMs, log: options.log, announce });
  return { logins, loginSessions, announceLogin: announce };
}

function createScreenshots({ recorder: program, directory, machine, pool, log }: BrokerOptions): Screenshots {
  const env = browserEnvironment(machine);
  return new Screenshots({ program, home: directory.home, env, log, cdpBase: pool.cdpBase });
}

interface SlotsParts extends Pick<Broker, 'metrics' | 'loginSessions' | 'screenshots'> {
  readonly pool: SlotPool;
}

function createSlots(
  options: BrokerOptions,
  { pool, metrics, loginSessions, screenshots }: SlotsParts,
): Slots {
  const { settings, machine, directory } = options;
  return new Slots({
    ...options,
    pool,
    locks: { folder: directory.locks, ports: { cdpBase: options.pool.cdpBase, shortTmp: machine.shortTmp } },
    policy: resetPolicyOf(options),
    endLogins: (effect, driver) => loginSessions.end(effect, driver),
    letGo: () => screenshots.letGo(),
    discoveryWaitMs: settings.discoveryWaitS * 1_000,
    monotonicMs: machine.clocks.monotonicMs,
    onReset: (report) => metrics.observeReset(report),
    onRelaunch: () => metrics.count('escarp_relaunches_total'),
  });
}

type Parts = Pick<Broker, 'journal' | 'slots' | 'metrics' | 'feed' | 'screenshots'>;

function openRegistry({ machine }: BrokerOptions, limits: RegistryState['limits'], parts: Parts): Registry {
  const { journal, metrics, feed, slots, screenshots } = parts;
  const state = recover(limits, journal.snapshot, journal.events, now(machine));
  const registry = new Registry(state, {
    clock: () => now(machine),
    wake: (at, callback) => wakeAt(machine.clocks, at, callback),
    append: async (events) => {
      await journal.append(events, () => registry.snapshot());
      metrics.observeEvents(events);
      screenshots.observe(events, registry.state);
      feed.publish(events);
    },
    effects: slots.effects,
  });
  return registry;
}

function now({ clocks }: Machine): Instant {
  return { monotonicMs: clocks.monotonicMs(), wallMs: clocks.wallMs() };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
