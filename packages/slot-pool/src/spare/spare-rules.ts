import { messageOf } from '@escarp/contract';
import { reapsOrphans } from '../chrome-process.js';
import { createLaunchGate } from '../launch-gate.js';
import type { PoolLimits } from '../limits.js';
import type { Host, PoolPorts } from '../ports.js';
import { keepsProfile } from '../slot.js';
import type { SlotSpec } from '../slot.js';
import { SpareError } from './spare-error.js';

/** What a pool that makes spares needs to know of the machine. */
export interface SpareOptions {
  /** Memory in bytes that programs can still get, within the limits of their container; undefined if unknown. */
  readonly availableBytes: () => number | undefined;
  /** Why the pool cannot make any, as a sentence; absent if it can. */
  readonly obstacle?: string;
}

/** Whether spares are made at the moment; if not, why, as a sentence. */
export type SparesState =
  | { readonly isOn: true; readonly reason: null }
  | { readonly isOn: false; readonly reason: string };

interface RulesParts {
  readonly options: SpareOptions | undefined;
  readonly host: Host;
  readonly limits: PoolLimits;
  readonly log: PoolPorts['log'];
}

const failuresMax = 3;

/** What a pool's slots share about spares: whether there are any, how many are started at once, and how they fared. */
export class SpareRules {
  /** Spares are started one at a time, so that no recycle waits behind them. */
  readonly gate = createLaunchGate(1);
  readonly #parts: RulesParts;
  #failuresInARow = 0;
  #offBecause: string | undefined;

  constructor(parts: RulesParts) {
    this.#parts = parts;
    this.#offBecause = parts.options?.obstacle;
  }

  /** Undefined for a pool that was not asked to make any. */
  state(): SparesState | undefined {
    if (this.#parts.options === undefined) return undefined;
    const reason = this.#offBecause ?? this.#shortage();
    return reason === undefined ? { isOn: true, reason: null } : { isOn: false, reason };
  }

  isMemoryShort(): boolean {
    return this.#shortage() !== undefined;
  }

  /** Whether a spare of such a slot may be made now: one without a window, whose profile is not kept. */
  async allow({ headless, tier }: SlotSpec): Promise<boolean> {
    if (this.state()?.isOn !== true || !headless || keepsProfile(tier)) return false;
    const obstacle = await obstacleOf(this.#parts.host);
    if (obstacle !== undefined) this.#turnOff(obstacle);
    return obstacle === undefined;
  }

  succeeded(): void {
    this.#failuresInARow = 0;
  }

  /** Spares end for the whole pool if the browser is not fit for them, or several fail in a row. */
  failed(error: unknown): void {
    const message = messageOf(error);
    const fault = error instanceof SpareError ? error.fault : 'attempt';
    if (fault !== 'stale') this.#failuresInARow += 1;
    if (fault === 'browser') this.#turnOff(message);
    else if (this.#failuresInARow >= failuresMax)
      this.#turnOff(`${failuresMax} spares in a row failed. ${message}`);
    else this.#parts.log({ level: 'warn', message: `A spare was of no use. ${message}` });
  }

  #turnOff(reason: string): void {
    this.#offBecause = reason;
    this.#parts.log({ level: 'warn', message: `No more spares are made. ${reason}` });
  }

  #shortage(): string | undefined {
    const { options, limits } = this.#parts;
    const available = options?.availableBytes();
    if (available === undefined || available >= limits.spareMemoryBytesMin) return undefined;
    return `Memory is short: ${megabytes(available)} are available, and spares need ${megabytes(limits.spareMemoryBytesMin)}.`;
  }
}

async function obstacleOf({ platform }: Host): Promise<string | undefined> {
  if (platform !== 'linux') return 'Spares have been tried on Linux alone.';
  return (await reapsOrphans()) ? undefined : 'No init reaps ended processes here.';
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
