import { createOwnSockets } from '@escarp/slot-pool';
import type { RecordedLease } from '@escarp/screenshots';
import type { ViewerPorts } from '../ports.js';
import { LeaseRecording } from './lease-recording.js';

/** What a recorder works on and with. */
export interface RecorderOptions {
  /** The state directory. */
  readonly home: string;
  readonly ports: ViewerPorts;
  /** Told when pictures of a slot cannot be written. */
  readonly onProblem: (slot: number, reason: string) => void;
}

/** Takes pictures of the leases that it is told of, and of no others. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #own = createOwnSockets();
  readonly #recordings = new Map<string, LeaseRecording>();
  readonly #ending = new Map<string, Promise<void>>();
  #wanted: readonly RecordedLease[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** From now on these. Resolves when all others have been let go of; never rejects. */
  async record(leases: readonly RecordedLease[]): Promise<void> {
    this.#wanted = leases;
    const wanted = new Set(leases.map(({ lease }) => lease));
    for (const [lease, recording] of this.#recordings) if (!wanted.has(lease)) this.#end(lease, recording);
    this.#beginWanted();
    await Promise.all([...this.#ending].filter(([lease]) => !wanted.has(lease)).map(([, ended]) => ended));
  }

  #end(lease: string, recording: LeaseRecording): void {
    this.#recordings.delete(lease);
    this.#ending.set(lease, this.#untilEnded(lease, recording));
  }

  async #untilEnded(lease: string, recording: LeaseRecording): Promise<void> {
    await recording.end();
    this.#ending.delete(lease);
    this.#beginWanted();
  }

  /** One at a time writes the strip of a lease: what still ends is waited for. */
  #beginWanted(): void {
    const { home, ports, onProblem } = this.#options;
    for (const lease of this.#wanted) {
      if (this.#recordings.has(lease.lease) || this.#ending.has(lease.lease)) continue;
      const tell = (reason: string): void => onProblem(lease.slot, reason);
      const recording = new LeaseRecording({ home, lease, own: this.#own, ports, onProblem: tell });
      this.#recordings.set(lease.lease, recording);
    }
  }
}
