import { createOwnSockets } from './devtools/own-sockets.js';
import { Trash } from '@escarp/owned-files';
import type { Undeleted } from '@escarp/owned-files';
import { directoryIdentity } from './directory-identity.js';
import { createLaunchGate } from './launch-gate.js';
import { defaultLimits } from './limits.js';
import type { PoolLimits } from './limits.js';
import type { Host, PoolPorts } from './ports.js';
import { darwinProcessTable } from './process/darwin-process-table.js';
import { linuxProcessTable } from './process/linux-process-table.js';
import { PoolSlot } from './pool-slot.js';
import type { LostBrowser, WatchOptions } from './lost-browser.js';
import type { ResetReport } from './pool-slot.js';
import type { SlotContext } from './running-slot.js';
import type { PoolHome } from './slot-paths.js';
import { linuxEvidence, noEvidence } from './watch/browser-evidence.js';
import type { SlotFault } from './watch/browser-watch.js';
import type { ApplyLogin, ResetPolicy, SlotFacts, SlotSpec } from './slot.js';

export interface SlotPoolOptions extends PoolHome {
  readonly host: Host;
  readonly ports: PoolPorts;
  readonly limits?: Partial<PoolLimits>;
  /** Describes a slot each time it is launched or looked at. The index, tier and port of a slot must not change. */
  readonly specOf: (index: number) => SlotSpec | Promise<SlotSpec>;
  /** Where a delegated slot gets its saved login; without it, such a slot is handed out empty. */
  readonly applyLogin?: ApplyLogin;
}

/** Browsers that outlive whoever launched them. All methods of one slot wait for each other. */
export interface SlotPool {
  /** Adopts the slot's browser if it answers, else launches it on a clean profile (a supervised one is kept). */
  readonly launch: (index: number) => Promise<SlotFacts>;
  /**
   * Finds the slot's browser. Resolves with undefined when none runs, or none that can be shown to be the slot's. One
   * that is busy is found too, whether or not it answers now.
   */
  readonly adopt: (index: number) => Promise<SlotFacts | undefined>;
  /** Makes the slot clean. A reset in place that fails or passes its deadline becomes a recycle. */
  readonly reset: (
    index: number,
    policy: ResetPolicy,
    options: { readonly deadlineMs: number },
  ) => Promise<ResetReport>;
  /** Replaces a lost browser under its holder: same port, profile and identity, whatever is left of it killed. */
  readonly relaunch: (index: number) => Promise<SlotFacts>;
  /** Ends the slot's browser. A supervised one is asked first, so that its profile is whole. */
  readonly stop: (index: number) => Promise<void>;
  /** What was known when the browser was last launched, adopted or reset; undefined when none is known to run. */
  readonly facts: (index: number) => SlotFacts | undefined;
  /**
   * Calls `onLost` for every loss of the slot's browser that the pool did not cause, and once in each run for a page that
   * crashed or was stopped while nobody held the slot. Returns the way to stop it. A closed pool watches nothing.
   *
   * A death is told at once. A browser that does not answer is told when its threads show that it never will: one that
   * works, or wants a processor and gets none, is not (on Linux; elsewhere after a minute of silence).
   */
  readonly watch: (index: number, onLost: (lost: LostBrowser) => void, options?: WatchOptions) => () => void;
  /**
   * Whether the slot could be handed over at this moment: a quick look is at the processes, a thorough one also asks the
   * page, which a holder might notice. Also has the slot's watch ask the browser, which tells what it finds.
   */
  readonly fault: (index: number, look: 'quick' | 'thorough') => Promise<SlotFault | undefined>;
  /** Bytes of memory that the slot's processes take, undefined where the system cannot tell. */
  readonly memoryBytes: (index: number) => Promise<number | undefined>;
  /** Begins to delete, in the background, what interrupted resets left. Call it once at start. */
  readonly sweep: () => void;
  /** What resets moved away and could not be deleted; tried again after each reset. */
  readonly undeleted: () => readonly Undeleted[];
  /** Ends watches and waits some seconds for deletions under way. The browsers live on. */
  readonly close: () => Promise<void>;
}

export function createSlotPool(options: SlotPoolOptions): SlotPool {
  const limits = { ...defaultLimits, ...options.limits };
  const context: SlotContext = {
    place: options,
    host: options.host,
    ports: options.ports,
    limits,
    own: createOwnSockets(),
    processes: options.host.platform === 'linux' ? linuxProcessTable() : darwinProcessTable(),
    evidence: options.host.platform === 'linux' ? linuxEvidence() : noEvidence,
    launchGate: createLaunchGate(limits.launchesAtOnce),
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
    stop: (index) => slot(index).stop(),
    facts: (index) => slot(index).facts(),
    watch: (index, onLost, watchOptions) => slot(index).watch(onLost, watchOptions),
    fault: (index, look) => slot(index).fault(look),
    memoryBytes: (index) => slot(index).memoryBytes(),
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
