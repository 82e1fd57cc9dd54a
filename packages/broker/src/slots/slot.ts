import type { SlotAddress } from '@escarp/contract';
import type { MemorySample } from './memory-sample.js';
import type { SlotController } from './slot-controller.js';
import type { SlotDriver } from './slot-driver.js';
import type { SlotLock } from './slot-lock.js';
import type { SlotWindow } from './slot-window.js';

/** All that is kept of one slot besides its lease. */
export interface Slot {
  readonly address: SlotAddress;
  /** What the registry calls it. */
  readonly key: string;
  readonly driver: SlotDriver;
  readonly controller: SlotController;
  readonly window: SlotWindow;
  readonly memory: MemorySample;
  /** Of the browser that waits for the slot's next recycle. */
  readonly spareMemory: MemorySample;
  readonly lock: SlotLock;
}
