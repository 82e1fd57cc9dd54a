import type { SlotAddress } from '@escarp/contract';
import type { EffectPorts } from '@escarp/lease-registry';
import type { IdentityDriver } from '@escarp/os-identity';
import type { ResetPolicy, ResetReport, SlotPool, SparesState } from '@escarp/slot-pool';
import type { Log } from '../log.js';
import { MemorySample } from './memory-sample.js';
import type { Slot } from './slot.js';
import { SlotController } from './slot-controller.js';
import type { SlotDriver } from './slot-driver.js';
import { poolDriver } from './slot-driver.js';
import { addressOf, keyOf } from './slot-key.js';
import { SlotLock, type SlotPorts } from './slot-lock.js';
import type { SlotReports } from './slot-reports.js';
import { SlotWindow } from './slot-window.js';

export interface SlotsOptions {
  readonly pool: SlotPool;
  readonly identity: IdentityDriver;
  readonly log: Log;
  readonly locks: { readonly folder: string; readonly ports: SlotPorts };
  readonly policy: ResetPolicy;
  /** What is to be done with the logins of a lease that has ended, before its slot is reset. Never rejects. */
  readonly endLogins: (effect: Parameters<EffectPorts['reset']>[0], driver: SlotDriver) => Promise<void>;
  /** Resolves when nothing of ours is connected any more to a browser whose lease has ended. Never rejects. */
  readonly letGo: () => Promise<void>;
  readonly heal: boolean;
  readonly discoveryWaitMs: number;
  readonly monotonicMs: () => number;
  readonly onReset: (report: ResetReport) => void;
  readonly onRelaunch: () => void;
}

/** The slots of this host, each made when it is first named. */
export class Slots {
  /** What the registry asks of slots. */
  readonly effects: EffectPorts = {
    start: (effect) => this.of(effect.key).controller.start(effect),
    reset: (effect) => this.of(effect.key).controller.reset(effect),
    dispose: ({ key }) => this.of(key).controller.dispose(),
  };
  private readonly options: SlotsOptions;
  private readonly known = new Map<string, Slot>();
  private reports: SlotReports | undefined;

  constructor(options: SlotsOptions) {
    this.options = options;
  }

  /** To be called before a slot is named: slots tell the registry, which is given their effects, of their browsers. */
  reportTo(reports: SlotReports): void {
    this.reports = reports;
  }

  at(address: SlotAddress): Slot {
    return this.of(keyOf(address));
  }

  of(key: string): Slot {
    const slot = this.known.get(key) ?? this.make(key);
    this.known.set(key, slot);
    return slot;
  }

  /** Measures the memory and asks for the windows of these. */
  async refresh(keys: Iterable<string>): Promise<void> {
    const slots = Array.from(keys, (key) => this.of(key));
    await Promise.all(
      slots.flatMap(({ memory, spareMemory, window }) => [
        memory.refresh(),
        spareMemory.refresh(),
        window.refresh(),
      ]),
    );
  }

  /** What resets moved away and could not be deleted. */
  get undeletedCount(): number {
    return this.options.pool.undeleted().length;
  }

  /** Waits for what is under way, so that it is recorded. Nothing is begun after: the next daemon will. */
  async close(): Promise<void> {
    await Promise.all([...this.known.values()].map(({ controller }) => controller.close()));
  }

  /** Whether spares are made; undefined if the pool was not asked to make any. */
  get spares(): SparesState | undefined {
    return this.options.pool.spares();
  }

  async releaseLocks(): Promise<void> {
    await Promise.all([...this.known.values()].map(({ lock }) => lock.release()));
  }

  private make(key: string): Slot {
    if (this.reports === undefined) throw new Error('A slot was used before the registry was connected.');
    const { pool, identity, log, locks, monotonicMs, endLogins } = this.options;
    const address = addressOf(key);
    const { slot } = address;
    const driver = poolDriver(pool, slot);
    const { facts, memoryBytes: measure, spare, spareMemoryBytes } = driver;
    const window = new SlotWindow({ slot, facts, driver: identity, log });
    const memory = new MemorySample({ measure, pid: () => facts()?.pid, monotonicMs });
    const spareMemory = new MemorySample({
      measure: spareMemoryBytes,
      pid: () => spare()?.pid,
      monotonicMs,
    });
    const lock = new SlotLock(slot, locks.folder, locks.ports);
    const controller = new SlotController({
      ...this.options,
      key,
      slot,
      driver,
      window,
      reports: this.reports,
      endLogins: (effect) => endLogins(effect, driver),
      removeIdentity: () => identity.remove(slot),
      onDisposed: () => lock.release(),
    });
    return { address, key, driver, controller, window, memory, spareMemory, lock };
  }
}
