import { OperationError } from '@escarp/contract';
import type { LeaseBroker } from './lease-broker.js';

const rememberedMax = 256;

/** Leases that a connection held: a call that names one learns how and when it ended. */
export class EndedLeases {
  readonly #broker: LeaseBroker;
  /** Tokens by handle. Only the broker knows how a lease ended, and it tells whoever has the token. */
  readonly #tokens = new Map<string, string>();
  #losses: OperationError[] = [];

  constructor(broker: LeaseBroker) {
    this.#broker = broker;
  }

  remember(handle: string, leaseToken: string): void {
    this.#tokens.set(handle, leaseToken);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > rememberedMax && oldest !== undefined) this.#tokens.delete(oldest);
  }

  lost(reason: OperationError): void {
    this.#losses = [...this.#losses, reason].slice(-rememberedMax);
  }

  takeLosses(): OperationError[] {
    const losses = this.#losses;
    this.#losses = [];
    return losses;
  }

  /** `lease_ended` if the lease was held here, else `unknown_lease`. An ended lease never returns. */
  async reasonOf(handle: string): Promise<OperationError> {
    const leaseToken = this.#tokens.get(handle);
    if (leaseToken === undefined) return new OperationError('unknown_lease');
    try {
      await this.#broker.heartbeat({ leaseToken });
      return new OperationError('lease_ended', { message: 'The lease is being given back.' });
    } catch (error) {
      const ended = error instanceof OperationError && error.code === 'lease_ended';
      return ended ? error : new OperationError('lease_ended', { cause: error });
    }
  }
}
