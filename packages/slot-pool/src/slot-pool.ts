import { processTable } from '@escarp/child-process';
import type { DevtoolsConnection } from './devtools/devtools-connection.js';
import { createOwnSockets } from './devtools/own-sockets.js';
import { Trash } from '@escarp/owned-files';
import type { Undeleted } from '@escarp/owned-files';
import { directoryIdentity } from './directory-identity.js';
import { createLaunchGate } from './launch-gate.js';
import { defaultLimits } from './limits.js';
import type { PoolLimits } from './limits.js';
import type { Host, PoolPorts } from './ports.js';
import { PoolSlot } from './pool-slot.js';
import type { LostBrowser, WatchOptions } from './lost-browser.js';
import type { ResetReport } from './reset/reset-report.js';
import type { SlotContext } from './running-slot.js';
import type { PoolHome } from './slot-paths.js';
import type { SpareFacts } from './spare/slot-spare.js';
import { SpareRules } from './spare/spare-rules.js';
import type { SpareOptions, SparesState } from './spare/spare-rules.js';
import { linuxEvidence, noEvidence } from './watch/browser-evidence.js';
import type { SlotFault } from './watch/browser-watch.js';
import type { LaunchPurpose, ResetPolicy, SlotFacts, SlotSpec } from './slot.js';

/** What a pool needs. */
export interface SlotPoolOptions extends PoolHome {
  readonly host: Host;
  readonly ports: PoolPorts;
  /** Overrides of `defaultLimits`. */
  readonly limits?: Partial<PoolLimits>;
  /** Makes spares if it is there. */
  readonly spares?: SpareOptions;
  /**
   * Describes a slot each time it is launched or checked. A slot's index, tier and port must never change; whether it has a
   * window may.
   */
  readonly specOf: (index: number) => SlotSpec | Promise<SlotSpec>;
}

/**
 * Browsers that keep running when the process that launched them ends. Calls for the same slot run one after another.
 * Methods reject with a PoolError; its codes are listed at `PoolErrorCode`.
 */
export interface SlotPool {
  /**
   * Adopts the slot's browser if it answers; otherwise launches one with an empty profile (a supervised profile is kept).
   *
   * @throws PoolError `port_taken` if another program has the port, `owned_elsewhere` if the browser there belongs to
   * another state directory in use, `browser_launch_failed` or `out_of_resources` if the browser does not start.
   */
  readonly launch: (index: number) => Promise<SlotFacts>;
  /**
   * Finds the slot's running browser. Resolves with undefined if there is none, or none that provably belongs to the slot.
   * A busy browser is found too, even if it does not answer.
   */
  readonly adopt: (index: number) => Promise<SlotFacts | undefined>;
  /**
   * Cleans the slot. A `tabs` or `storage` reset that fails or exceeds `deadlineMs` becomes a recycle. So does one for which
   * a recycle is required, and one of a browser that has a window where the slot is to have none, or the other way round.
   */
  readonly reset: (
    index: number,
    policy: ResetPolicy,
    options: { readonly deadlineMs: number },
  ) => Promise<ResetReport>;
  /** Replaces a lost browser for its holder, with the same port, profile and identity. Kills what is left of the old one. */
  readonly relaunch: (index: number) => Promise<SlotFacts>;
  /**
   * Lets no reset but a recycle follow, whatever is asked for and whichever daemon does it: the browser is about to hold what
   * the next holder must not meet. Written down before it resolves.
   *
   * @throws PoolError `browser_unresponsive` if no browser is known to be running, `state_directory_unusable` if it cannot be
   * written down.
   */
  readonly requireRecycle: (index: number) => Promise<void>;
  /**
   * Has the slot's browser write its profile and quit, calls `work` with the folder of the profile while nothing uses it, and
   * then launches the browser again, on whatever the profile is by then. `next` says for whom: see `LaunchPurpose`; without
   * it nothing is launched, and the slot must be reset.
   *
   * @throws PoolError `browser_unresponsive` if the browser does not quit by itself, for then its profile may be incomplete, and
   * what `launch` and `work` reject with. Then the slot has no browser, and must be reset.
   */
  readonly withProfile: (
    index: number,
    work: (profile: string) => Promise<void>,
    next: LaunchPurpose | undefined,
  ) => Promise<void>;
  /** Stops the slot's browser. A supervised browser is asked to quit first, so that it saves its profile. */
  readonly stop: (index: number) => Promise<void>;
  /** The facts from the last launch, adoption or reset; undefined if no browser is known to be running. */
  readonly facts: (index: number) => SlotFacts | undefined;
  /**
   * Calls `onLost` whenever the slot's browser is lost without the pool causing it, and once per browser if its page
   * crashes or is stopped while nobody holds the slot. Returns a function that stops watching. A closed pool watches
   * nothing.
   *
   * A browser that exits is reported at once. On Linux, one that does not answer is reported when its threads show that it
   * never will, not while it is working or waiting for a processor. Elsewhere it is reported after a minute.
   */
  readonly watch: (index: number, onLost: (lost: LostBrowser) => void, options?: WatchOptions) => () => void;
  /**
   * What is wrong with the slot now; undefined if it could be handed over. A `quick` look checks the processes; a
   * `thorough` one also asks the page, which a holder might notice. Also makes the slot's watch ask the browser and report
   * what it finds.
   */
  readonly fault: (index: number, look: 'quick' | 'thorough') => Promise<SlotFault | undefined>;
  /**
   * A connection of the pool's own to the slot's browser, to be closed by the caller; it ends with the browser. Commands wait
   * until they are answered or it is closed.
   *
   * @throws PoolError `browser_unresponsive` if no browser is known to be running, or it accepts no connection.
   */
  readonly connect: (index: number) => Promise<DevtoolsConnection>;
  /** Memory of the slot's processes in bytes, without its spare; undefined if the system cannot tell. */
  readonly memoryBytes: (index: number) => Promise<number | undefined>;
  /**
   * Has a spare wait for the slot's next recycle, which then takes less time: a browser on a fresh profile that has not
   * opened its port yet. Does nothing if there is one, if the pool makes none, or the slot has no browser. Resolves when it
   * waits or is not going to; a failure is logged, and never fails a reset. Without enough memory, ends those of all slots.
   */
  readonly prepareSpare: (index: number) => Promise<void>;
  /** The slot's spare; undefined if none waits. */
  readonly spare: (index: number) => SpareFacts | undefined;
  /** Memory of the spare's processes in bytes; undefined if none waits. */
  readonly spareMemoryBytes: (index: number) => Promise<number | undefined>;
  /** Whether spares are made; undefined if the pool was not asked to make any. */
  readonly spares: () => SparesState | undefined;
  /** Starts deleting, in the background, what interrupted resets left behind. Call it once at start-up. */
  readonly sweep: () => void;
  /** Folders that resets moved away and that could not be deleted; retried after each reset. */
  readonly undeleted: () => readonly Undeleted[];
  /** Stops all watches, ends all spares and waits a few seconds for running deletions. The slots' browsers keep running. */
  readonly close: () => Promise<void>;
}

/** A pool for the slots of one state directory. Starts nothing until a method is called. */
export function createSlotPool(options: SlotPoolOptions): SlotPool {
  const limits = { ...defaultLimits, ...options.limits };
  const context: SlotContext = {
    place: options,
    host: options.host,
    ports: options.ports,
    limits,
    own: createOwnSockets(),
    processes: processTable(options.host.platform),
    evidence: options.host.platform === 'linux' ? linuxEvidence() : noEvidence,
    launchGate: createLaunchGate(limits.launchesAtOnce),
    spares: new SpareRules({ options: options.spares, host: options.host, limits, log: options.ports.log }),
    trash: createTrash(options),
    directory: () => directoryIdentity(options.home, options.ports.newId),
  };
  const slots = new Map<number, PoolSlot>();
  const slot = (index: number): PoolSlot => {
    const known = slots.get(index) ?? new PoolSlot(index, options, context);
    slots.set(index, known);
    return known;
  };
  return {
    launch: (index) => slot(index).launch(),
    adopt: (index) => slot(index).adopt(),
    reset: (index, policy, { deadlineMs }) => slot(index).reset(policy, deadlineMs),
    relaunch: (index) => slot(index).relaunch(),
    requireRecycle: (index) => slot(index).requireRecycle(),
    withProfile: (index, work, next) => slot(index).withProfile(work, next),
    stop: (index) => slot(index).stop(),
    facts: (index) => slot(index).facts(),
    watch: (index, onLost, watchOptions) => slot(index).watch(onLost, watchOptions),
    fault: (index, look) => slot(index).fault(look),
    connect: (index) => slot(index).connect(),
    memoryBytes: (index) => slot(index).memoryBytes(),
    prepareSpare: async (index) => {
      if (!context.spares.isMemoryShort()) return slot(index).prepareSpare();
      await Promise.all([...slots.values()].map(({ seats }) => seats.discardSpare()));
    },
    spare: (index) => slot(index).seats.spare(),
    spareMemoryBytes: (index) => slot(index).seats.spareMemoryBytes(),
    spares: () => context.spares.state(),
    sweep: () => context.trash.empty(),
    undeleted: () => context.trash.undeleted(),
    close: async () => {
      await Promise.all([...slots.values()].map((known) => known.close()));
      await context.trash.close();
    },
  };
}

function createTrash({ home, ports }: SlotPoolOptions): Trash {
  const onUndeleted = (left: readonly Undeleted[]): void =>
    ports.log({
      level: left.length === 0 ? 'info' : 'warn',
      message: left.length === 0 ? 'The trash is empty again.' : 'Some of the trash cannot be deleted.',
      details: { left: left.slice(0, undeletedTold) },
    });
  return new Trash({ root: home, newId: ports.newId, onUndeleted });
}

const undeletedTold = 5;
